import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from './scenario.ts';

/** With `SIMULATE=true`: the effects that a pull request and a tag would have had, and proof that there were none. */
export const simulation: Scenario = {
  name: 'simulation',
  title: 'A pull request and a tag, simulated',
  after: [],
  async play({ world, timeline, developer, lead }) {
    const title = 'feat: keep a note with every order';
    const head = await developer.commit('order-notes', title, world.variant('unsafe-migration'));
    const number = await developer.openPullRequest(title, 'order-notes');
    const tag = world.nextVersion();
    await lead.tag(tag, await lead.headOf('main'));
    timeline.act(`a developer opens #${number}; the release lead tags ${tag}`);

    const directory = join(world.directory, 'conductor', 'simulated');
    await timeline.observe('the effects that they would have had, up to the stage deployment', async () => {
      const effects = await readEffects(directory);
      const calls = new Set(effects.map((one) => one.call));
      const wanted = ['publishCheck', 'ensureIssue', 'ensureDraftRelease', 'deployer'];
      return wanted.every((call) => calls.has(call)) ? `${effects.length} effects` : null;
    });
    for (const effect of await readEffects(directory)) timeline.note(effect.line);
    await timeline.observe('GitHub was written to by nobody but its people', async () => {
      const check = await developer.check(head, 'migration-gate', world.github.app.appId);
      const issues = await lead.expect('GET', '/issues?state=all&labels=release');
      return check === null && issues.length === 0 ? 'no check, no issue' : null;
    });
  },
};

interface SimulatedEffect {
  readonly call: string;
  readonly line: string;
}

async function readEffects(directory: string): Promise<readonly SimulatedEffect[]> {
  const names = (await readdir(directory)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== '')).map(describeEffect);
}

function describeEffect(json: string): SimulatedEffect {
  const { call, input } = JSON.parse(json);
  const what = input.name ?? input.title ?? input.environment ?? input.marker ?? input.tag ?? input.content;
  const how = [input.status, input.conclusion, input.body?.split('\n').find((line: string) => line !== '')];
  const detail = [what, ...how].filter((part) => part !== undefined && part !== null).join(' · ');
  return {
    call,
    line: `${String(call).padEnd(18)} ${detail.length > 100 ? `${detail.slice(0, 99)}…` : detail}`,
  };
}
