import type { Environment } from './environment.ts';

interface Family {
  readonly comments: string[];
  readonly samples: string[];
}

/**
 * One exposition for everything that runs: each process's own series with the labels `environment`, `version` and
 * `instance` as the platform knows them, `up` for each process, and the proxy's counters by version. A family's
 * series stand together, as the text format demands.
 */
export async function federate(environments: readonly Environment[]): Promise<string> {
  const families = new Map<string, Family>();
  const up = familyOf(families, 'up');
  up.comments.push('# HELP up 1 when the process answers.', '# TYPE up gauge');
  const scrapes = environments.flatMap((environment) =>
    environment.instances.map(async (instance) => {
      const labels = { environment: environment.name, version: instance.version, instance: instance.id };
      return { labels, text: await scrape(instance.port) };
    }),
  );
  for (const { labels, text } of await Promise.all(scrapes)) {
    up.samples.push(`up{${labelText(labels)}} ${text === null ? 0 : 1}`);
    if (text !== null) merge(families, text, labels);
  }
  addProxyCounters(families, environments);
  return `${[...families.values()].flatMap(({ comments, samples }) => [...comments, ...samples]).join('\n')}\n`;
}

async function scrape(port: number): Promise<string | null> {
  const signal = AbortSignal.timeout(2_000);
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal }).catch(() => null);
  return answer?.ok ? answer.text().catch(() => null) : null;
}

/** Adds one process's exposition. Labels of the same name that the process sets itself give way. */
export function merge(
  families: Map<string, Family>,
  text: string,
  labels: Readonly<Record<string, string>>,
): void {
  for (const line of text.split('\n')) {
    const comment = /^# (?:HELP|TYPE) (\S+)/.exec(line);
    if (comment !== null) {
      const { comments } = familyOf(families, comment[1] ?? '');
      if (!comments.includes(line)) comments.push(line);
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+(?:\s+\S+)?)$/.exec(line);
    if (sample === null) continue;
    const [, name = '', own = '', value = ''] = sample;
    familyOf(families, familyName(families, name)).samples.push(
      `${name}{${labelText(labels, own)}} ${value}`,
    );
  }
}

function familyOf(families: Map<string, Family>, name: string): Family {
  const known = families.get(name) ?? { comments: [], samples: [] };
  families.set(name, known);
  return known;
}

/** A histogram's series carry suffixes that its family does not. */
function familyName(families: ReadonlyMap<string, Family>, sample: string): string {
  const base = sample.replace(/_(bucket|sum|count)$/, '');
  return families.has(base) ? base : sample;
}

function labelText(labels: Readonly<Record<string, string>>, own = ''): string {
  const kept = [...own.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)]
    .filter((match) => !((match[1] ?? '') in labels))
    .map((match) => match[0]);
  const added = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return [...kept, ...added].join(',');
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function addProxyCounters(families: Map<string, Family>, environments: readonly Environment[]): void {
  const metrics = [
    ['proxy_requests_total', 'Requests that the proxy sent to a version.', 'requests'],
    ['proxy_errors_total', 'Of these, answered with 5xx or not at all.', 'errors'],
  ] as const;
  for (const [name, help, key] of metrics) {
    const family = familyOf(families, name);
    family.comments.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
    for (const environment of environments) {
      for (const [version, counters] of Object.entries(environment.counters)) {
        family.samples.push(
          `${name}{${labelText({ environment: environment.name, version })}} ${counters[key]}`,
        );
      }
    }
  }
}
