import { expect, it, onTestFinished } from 'vitest';
import { hasPrometheus, startPrometheus } from '../support/prometheus.ts';
import { load, promoteToTheEnd, stage } from './story.ts';
import { commitFiles, configText, eventually, repository, startWorld, type World } from './world.ts';

const week = 7 * 86_400;
/** Length of the observation after GA, s. */
const observed = 12;

/** Four samples a second, around now and around the same time a week ago: orders halve, errors stay. */
function history(now: number): string {
  const lines = ['# TYPE orders counter', '# TYPE requests counter', '# TYPE errors counter'];
  const counts = { orders: 0, requests: 0, errors: 0 };
  for (const [from, to, orders] of [
    [now - week - 60, now - week + 600, 20],
    [now - 60, now + 600, 10],
  ] as const) {
    for (let tick = from * 4; tick < to * 4; tick++) {
      counts.orders += (orders + (tick % 3)) / 4;
      counts.requests += 250 + (tick % 12);
      counts.errors += 1 + (tick % 3);
      for (const [name, value] of Object.entries(counts)) lines.push(`${name}_total ${value} ${tick / 4}`);
    }
  }
  const of = (name: string): string[] => lines.filter((line) => line.includes(name));
  return `${['orders', 'requests', 'errors'].flatMap(of).join('\n')}\n# EOF\n`;
}

const section = (url: string): string => `  observe_after_ga: ${observed}s
  kpis:
    url: "${url}"
    bucket: 1s
    queries:
      - { kind: rate, name: orders, better: up, events: orders_total, owner: "@acme/shop" }
      - { kind: ratio, name: errors, better: down, events: errors_total, total: requests_total }
      - { kind: ratio, name: refunds, better: down, events: refunds_total, total: requests_total }
`;

async function configure(world: World, prometheus: string): Promise<void> {
  const path = '.github/release-conductor.yml';
  const { data } = await world.alice.rest.repos.getContent({ ...repository, path });
  const text = Buffer.from((data as { content: string }).content, 'base64').toString();
  const metrics = /url: "(http[^"]+)"/.exec(text)?.[1] ?? '';
  await commitFiles(world.alice, 'main', { [path]: `${configText(metrics)}${section(prometheus)}` });
}

it.runIf(hasPrometheus())(
  'scenario 23: the app is down at +24 h: the KPI report is posted once, marked late; too little data is insufficient',
  async () => {
    const prometheus = await startPrometheus([], history(Math.floor(Date.now() / 1_000)));
    onTestFinished(() => prometheus.close());
    const world = await startWorld({ ALLOWED_HOSTS: '127.0.0.1' });
    world.github.setImmutableReleases('acme/shop', true);
    await configure(world, prometheus.url);
    const issue = await stage(world, 'v1.1.0');
    onTestFinished(load(world, 'v1.0.0', 'v1.1.0', 0));
    await promoteToTheEnd(world, 'v1.1.0', issue);
    const due = await eventually(async () => {
      const [row] = await world.query(
        "select not_before from effects where key like '%timer/observed' and state = 'pending'",
      );
      return row === undefined ? null : Date.parse(String((row as { not_before: string | Date }).not_before));
    });
    await world.conductor.close();
    // Nobody is there when the timer is due, nor for a good while after it.
    await eventually(async () => (Date.now() > due + (observed * 1_000) / 5 ? true : null));
    await world.start();

    const comments = async (): Promise<readonly string[]> => {
      const { data } = await world.alice.rest.issues.listComments({
        ...repository,
        issue_number: issue,
        per_page: 100,
      });
      return data.map(({ body }) => body ?? '').filter((body) => body.includes('## KPIs of'));
    };
    const report = await eventually(async () => (await comments())[0] ?? null);
    expect(report).toContain('⏰ **Late** by');
    expect(report).toMatch(/\| orders \| 2\d(\.\d+)? \/s \| 1\d(\.\d+)? \/s \| .*❌ worse/);
    expect(report).toMatch(/\| errors \| 0\.7\d* % \| .*no difference shown/);
    expect(report).toContain('| refunds | – | – | – | ❔ insufficient: no series matches its events |');

    const issues = await eventually(async () => {
      const { data } = await world.alice.rest.issues.listForRepo({ ...repository, labels: 'kpi-regression' });
      return data.length > 0 ? data : null;
    });
    expect(issues.map(({ title }) => title)).toEqual(['KPI regression after v1.1.0: orders']);
    expect(issues[0]?.body).toContain('- Owner: @acme/shop');
    expect(issues[0]?.body).toContain(`- Release: #${issue}`);

    const place = `${world.conductor.url}/v1/releases/v1.1.0`;
    expect(await (await fetch(`${place}/kpis`)).json()).toMatchObject({ release: 'v1.1.0' });
    expect(await (await fetch(`${place}/kpis.svg`)).text()).toContain('<title>KPIs after v1.1.0');
    const png = new Uint8Array(await (await fetch(`${place}/kpis.png`)).arrayBuffer());
    expect([...png.slice(1, 4)]).toEqual([...Buffer.from('PNG')]);

    await world.conductor.close();
    await world.start();
    await eventually(async () => {
      const { data } = await world.alice.rest.repos.getReleaseByTag({ ...repository, tag: 'v1.1.0' });
      return data.body?.includes('## KPIs of `v1.1.0`') === true ? true : null;
    });
    expect(await comments()).toHaveLength(1);
    // Scenario 18, its part: the release was immutable all the time, and only its notes have changed.
    const { data: published } = await world.alice.rest.repos.getReleaseByTag({
      ...repository,
      tag: 'v1.1.0',
    });
    expect(published).toMatchObject({ draft: false, immutable: true });
    expect(published.assets.map(({ name }) => name).toSorted()).toEqual([
      'evidence.zip',
      'evidence.zip.sigstore.json',
    ]);
  },
);
