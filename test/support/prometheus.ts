import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const binary = process.env.PROMETHEUS_BIN ?? 'prometheus';

/** Prometheus is not in npm: CI installs Debian's package, where it is missing the tests say so and CI fails. */
export function hasPrometheus(): boolean {
  const found = spawnSync(binary, ['--version'], { stdio: 'ignore' }).status === 0;
  if (!found && process.env.CI === 'true')
    throw new Error('prometheus is not installed: apt-get install prometheus');
  if (!found) console.warn('NOT TESTED against a real Prometheus: apt-get install prometheus');
  return found;
}

export interface RunningPrometheus {
  readonly url: string;
  /** Resolves when the query gives at least one series. */
  untilSeries(query: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Scrapes every `host:port` once a second. `history` is OpenMetrics text with timestamps that the database
 * begins with, as if it had been scraped.
 */
export async function startPrometheus(
  targets: readonly string[],
  history?: string,
): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  if (history !== undefined) await backfill(folder, history);
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'shop', static_configs: [{ targets }] }],
  };
  // JSON is YAML.
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const port = await freePort();
  const child = spawn(
    binary,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/-/ready`)).ok, child);
  return {
    url,
    untilSeries: (query) =>
      until(async () => {
        const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
        const body = (await response.json()) as { data: { result: unknown[] } };
        return body.data.result.length > 0;
      }, child),
    async close() {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function backfill(folder: string, history: string): Promise<void> {
  const file = join(folder, 'history.txt');
  await writeFile(file, history);
  const made = spawnSync('promtool', [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    file,
    join(folder, 'data'),
  ]);
  if (made.status !== 0) throw new Error(`promtool: ${made.stderr.toString()}`);
}

async function until(condition: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition().catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error('prometheus did not get there within 30 s');
    await pause(100);
  }
}
