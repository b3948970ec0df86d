import { join, resolve } from 'node:path';
import { readInput, type StepEnvironment } from '../adapters/actions-runner/environment.ts';
import { configPath } from '../core/config/path.ts';
import { InputError } from '../core/errors.ts';
import { type GateName, gateNames } from '../core/gate/names.ts';
import { suggest } from '../core/gate/suggest.ts';
import type { EnvironmentUnderTest } from './environment-under-test.ts';

/** Every input that any of the actions has: what `action.yml` may declare. */
export interface ActionInputs {
  readonly config: string;
  readonly workingDirectory: string;
  /** A folder with the base of the comparison; null: taken from the clone when the event names a base. */
  readonly baseDirectory: string | null;
  /** Empty: the verdict is not submitted anywhere. */
  readonly conductorUrl: string;
  /** A Postgres server for dry runs; null when none was given. */
  readonly databaseUrl: string | null;
  readonly environment: EnvironmentUnderTest;
  /** Path of a file with facts for the policies, from the working directory; null when none was given. */
  readonly facts: string | null;
  /** Token that may read the repository's rules; empty: they are not read. */
  readonly githubToken: string;
  /** Which gates the root action runs; null: all that the config has a section for, else all. */
  readonly gates: readonly GateName[] | null;
  /** Where results and evidence files are written. */
  readonly outputFolder: string;
}

/** The inputs every action has, then those of single ones. Tests compare this with each `action.yml`. */
export const commonInputs = ['config', 'working-directory', 'base-directory', 'conductor-url'] as const;
export const inputsOf: Readonly<Record<GateName | 'root', readonly string[]>> = {
  slo: [...commonInputs, 'base-url', 'since'],
  perf: commonInputs,
  'supply-chain': [...commonInputs, 'github-token'],
  migrations: [...commonInputs, 'database-url'],
  policy: [...commonInputs, 'github-token', 'input'],
  root: ['gates', ...commonInputs, 'base-url', 'database-url', 'github-token', 'input', 'since'],
};
export const actionOutputs = ['verdict', 'result', 'sarif'] as const;

/** Reads every input into one plain object. Throws `InputError` for a gate that does not exist. */
export function readActionInputs(env: StepEnvironment): ActionInputs {
  const workspace = env.GITHUB_WORKSPACE || process.cwd();
  const folder = (name: string): string => resolve(workspace, readInput(env, name) || '.');
  return {
    config: readInput(env, 'config') || configPath,
    workingDirectory: folder('working-directory'),
    baseDirectory: readInput(env, 'base-directory') === '' ? null : folder('base-directory'),
    conductorUrl: readInput(env, 'conductor-url'),
    databaseUrl: readInput(env, 'database-url') || null,
    environment: { baseUrl: readInput(env, 'base-url') || null, since: readInput(env, 'since') || null },
    facts: readInput(env, 'input') || null,
    githubToken: readInput(env, 'github-token'),
    gates: parseGateList(readInput(env, 'gates')),
    outputFolder: join(env.RUNNER_TEMP || join(workspace, '.release-conductor'), 'release-conductor'),
  };
}

/** `slo, perf`, one name a line, or `all`. */
function parseGateList(text: string): GateName[] | null {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  if (names.length === 0) return null;
  if (names.length === 1 && names[0] === 'all') return [...gateNames];
  return [...new Set(names)].map((name) => {
    const known = gateNames.find((gate) => gate === name);
    if (known !== undefined) return known;
    const meant = suggest(name, gateNames);
    throw new InputError(
      'GATE_UNKNOWN',
      `There is no gate ${JSON.stringify(name)}${meant === null ? '' : `; did you mean ${meant}?`}`,
      `Name some of ${gateNames.join(', ')}, or all.`,
    );
  });
}
