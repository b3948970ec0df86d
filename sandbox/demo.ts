import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { pino } from 'pino';
import { runScript } from '../adapters/node-io/command-line.ts';
import { ConductorError } from '../core/errors.ts';
import { randomFrom } from '../core/stats/random.ts';
import { parseDemoArguments } from './demo-arguments.ts';
import { killAtRandom } from './killer.ts';
import { pathTo, scenarios } from './scenario/registry.ts';
import type { Scenario, Stage } from './scenario/scenario.ts';
import { simulation } from './scenario/simulation.ts';
import { NotObserved, renderSummary, Timeline } from './timeline.ts';
import { World } from './world.ts';

const meanTimeBetweenKillsMs = 2_500;
/** How many times as long an observation may take while the Conductor is killed. */
const patienceWithKills = 4;

export interface DemoOptions {
  /** Leave everything running at the end and print the addresses. */
  readonly keep?: boolean | undefined;
  /** Play one scenario, after those that it needs. */
  readonly scenario?: string | undefined;
  /** Print the effects that a release would have, touching nothing in the sandbox's GitHub. */
  readonly simulate?: boolean | undefined;
  /** Kill the Conductor with `kill -9` so many times, at random moments, and start it again. */
  readonly kill?: number | undefined;
  /** Which random moments those are: the same seed waits the same times. */
  readonly seed?: number | undefined;
  /** Where data, logs and evidence go. Default `.conductor/demo-<time>` in the working directory. */
  readonly directory?: string | undefined;
}

/**
 * Plays the demo and tells it on stdout.
 *
 * @returns the exit status: 0 only if every thing that should be seen was observed from outside; 2 for an unknown
 * scenario.
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const chosen = options.scenario === undefined ? scenarios : pathTo(options.scenario);
  if (chosen === null) return refuseScenario(options.scenario ?? '');
  const directory = resolve(options.directory ?? join('.conductor', `demo-${Date.now()}`));
  await mkdir(directory, { recursive: true });
  const patience = (options.kill ?? 0) > 0 ? patienceWithKills : 1;
  const timeline = new Timeline(process.stdout, () => performance.now(), patience);
  process.stdout.write(`${styleText('bold', 'Release Conductor')} · a whole release on one machine\n`);
  const log = pino({ level: 'info' }, pino.destination({ dest: join(directory, 'sandbox.log'), sync: true }));

  let world: World;
  try {
    timeline.chapter('start', 'Starting GitHub, the platform, the runner and the Conductor');
    world = await World.start({ directory, simulate: options.simulate === true, log });
    await timeline.observe('everything is up', async () => world.conductor.url);
  } catch (error) {
    process.stdout.write(
      `${styleText('red', '✘')} the sandbox did not start: ${describe(error)}\n  logs: ${directory}\n`,
    );
    return error instanceof ConductorError ? error.exitStatus : 1;
  }
  // Ctrl-C ends the processes of the sandbox too, not only this one.
  const interrupted = (): void => void world.close().finally(() => process.exit(130));
  if (options.keep !== true) process.once('SIGINT', interrupted);
  try {
    const stage = { world, timeline, developer: world.developer, lead: world.lead };
    const seed = options.seed ?? 1;
    const killer = killAtRandom(world.conductor, options.kill ?? 0, meanTimeBetweenKillsMs, randomFrom(seed));
    await playAll(options.simulate === true ? [simulation] : chosen, stage);
    await killer.stop();
    if (killer.kills() > 0) {
      timeline.note(`the Conductor was killed with kill -9 ${killer.kills()} times (seed ${seed})`);
    }
    await observeContract(stage);
    process.stdout.write(renderSummary(timeline.observations, timeline.elapsed));
    process.stdout.write(`  evidence and logs: ${directory}\n`);
    await writeFile(join(directory, 'observations.json'), JSON.stringify(timeline.observations, null, 2));
    if (options.keep === true) await untilInterrupted(world);
  } finally {
    process.removeListener('SIGINT', interrupted);
    await world.close();
  }
  return timeline.observations.every((one) => one.observed) ? 0 : 1;
}

/** Plays scenario after scenario; what was not observed ends its scenario and those that build on it. */
async function playAll(chosen: readonly Scenario[], stage: Stage): Promise<void> {
  const failed = new Set<string>();
  for (const scenario of chosen) {
    stage.timeline.chapter(scenario.name, scenario.title);
    if (scenario.after.some((name) => failed.has(name))) {
      stage.timeline.miss(
        `the scenario “${scenario.name}”`,
        'an earlier scenario that it builds on did not end well',
      );
      failed.add(scenario.name);
      continue;
    }
    try {
      await scenario.play(stage);
    } catch (error) {
      failed.add(scenario.name);
      if (!(error instanceof NotObserved))
        stage.timeline.miss(`the scenario “${scenario.name}”`, describe(error));
    }
  }
}

/** Nobody spoke anything but GitHub's API: each request, answer and payload against GitHub's own description. */
async function observeContract({ world, timeline }: Stage): Promise<void> {
  timeline.chapter('contract', 'The conversation with GitHub');
  const wrong = world.github.violations().filter(({ source }) => source !== 'emulate');
  await writeFile(join(world.directory, 'violations.json'), JSON.stringify(wrong, null, 2));
  const what = 'every request and answer is as GitHub’s OpenAPI description says';
  if (wrong.length > 0) timeline.miss(what, `${wrong.length} are not: violations.json`);
  else await timeline.observe(what, async () => `${world.github.requests().length} requests`);
}

function refuseScenario(name: string): number {
  process.stderr.write(
    `there is no scenario "${name}"; name one of ${scenarios.map((one) => one.name).join(', ')}\n`,
  );
  return 2;
}

async function untilInterrupted(world: World): Promise<void> {
  process.stdout.write(
    [
      '',
      styleText('bold', 'Everything keeps running; Ctrl-C ends it.'),
      `  Conductor    ${world.conductor.url}`,
      `  GitHub API   ${world.github.apiUrl}/repos/${world.repository}`,
      `  production   ${world.platform.environmentUrl('production')}`,
      `  platform     ${world.platform.url}`,
      '',
    ].join('\n'),
  );
  await new Promise<void>((end) => {
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (import.meta.main) {
  await runScript(async () => {
    const options = parseDemoArguments(process.argv.slice(2));
    return await runDemo({ ...options, simulate: process.env.SIMULATE === 'true' });
  });
  // Whatever a failed start left running ends with this process.
  process.exit();
}
