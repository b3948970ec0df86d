import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type GateRunOutcome,
  gateNamed,
  nodeGateIo,
  nodeMetrics,
  parseFacts,
  runGate,
  tool,
  withEnvironment,
  withHostOf,
  withPlannedRollout,
} from '../../actions/registry.ts';
import { throwawayDatabases } from '../../adapters/embedded-postgres/index.ts';
import { githubRules } from '../../adapters/node-io/branch-rules.ts';
import { folderTree } from '../../adapters/node-io/folder-tree.ts';
import { gitTree } from '../../adapters/node-io/git-tree.ts';
import { githubAttestations } from '../../adapters/node-io/github-attestations.ts';
import { type ConfigRead, parseConfig, readConfig } from '../../adapters/node-io/read-config.ts';
import { serverDatabases } from '../../adapters/node-io/server-databases.ts';
import { repositoryPolicies } from '../../adapters/policy/lazy.ts';
import { openSignatures } from '../../adapters/sigstore/lazy.ts';
import type { OrganisationText } from '../../core/config/organisation/check.ts';
import { configPath } from '../../core/config/path.ts';
import { formatProblem } from '../../core/config/problem.ts';
import { ConfigError, InputError } from '../../core/errors.ts';
import { exitStatusOfVerdict } from '../../core/gate/exit-status.ts';
import type { AnyGate } from '../../core/gate/gate.ts';
import { gateNames } from '../../core/gate/names.ts';
import { knownKeys } from '../../core/gate/options.ts';
import { toSarif } from '../../core/gate/sarif.ts';
import { suggest } from '../../core/gate/suggest.ts';
import { type FileTree, silentLog } from '../../core/ports/system.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { readNamedFile, writeNamedFile } from '../files.ts';
import { organisationFor, organisationOption } from '../organisation.ts';
import { harmless, renderGate } from '../render-gate.ts';
import { subjectOf } from '../subject.ts';

export const gateCommand: CliCommand = {
  usage: '<slo|perf|supply-chain|migrations|policy> [options] [paths…]',
  description: [
    'Runs one gate on a folder, as the action does in a workflow, and prints its verdict with every finding.',
    'Exit status: 0 pass or warn, 1 any other verdict, 2 usage, config or input, 3 a provider did not answer.',
  ].join('\n'),
  options: {
    config: {
      value: 'FILE',
      help: 'config file; default: .github/release-conductor.yml, of the base if there is one',
    },
    organisation: organisationOption,
    directory: { value: 'DIR', help: 'the repository; default: the current folder' },
    base: { value: 'REF|DIR', help: 'what to compare with: a git revision or a folder' },
    json: { help: 'print exactly one GateResult and nothing else' },
    sarif: { value: 'FILE', help: 'also write the findings as SARIF 2.1.0' },
    evidence: { value: 'DIR', help: 'also write the result and its evidence files' },
    input: { value: 'FILE', help: 'policy: facts for the policies, JSON or YAML, as `input.facts`' },
    'base-url': {
      value: 'URL',
      help: 'slo: where the golden paths are walked, e.g. a preview; default: as the files say',
    },
    since: {
      value: 'TIME',
      help: 'slo: when the deployment began (RFC 3339); windows do not reach back before it',
    },
    'database-url': {
      value: 'URL',
      help: 'Postgres for dry runs; default: one that is started and thrown away',
    },
    repo: { value: 'OWNER/REPO', help: 'repository in the result; default: of the git remote' },
    sha: { value: 'SHA', help: 'commit in the result; default: HEAD' },
    ref: { value: 'REF', help: 'ref in the result; default: the current branch' },
  },
  examples: [
    ['gate migrations --base origin/main', 'the migrations that this branch adds'],
    ['gate migrations db/changes/0042.sql', 'one file'],
    ['gate slo --json | jq .verdict', 'for a script'],
    ['gate policy --input facts.json', "the repository's own policies, with further facts"],
    ['gate policy --sarif policy.sarif', 'for code scanning'],
  ],
  async run(input, world) {
    const [name, ...paths] = input.args;
    const gate = find(name);
    const folder = resolve(world.cwd, input.text('directory') ?? '.');
    const files = await folderTree(folder);
    const baseFiles = await openBase(input.text('base'), folder, world);
    const subject = await subjectOf(folder, {
      repository: input.text('repo'),
      sha: input.text('sha'),
      ref: input.text('ref'),
    });
    const organisation = await organisationFor(subject.repository, input, world);
    const theirs = organisation.known ? organisation.organisation : null;
    const { config, sha256, weaker } = await openConfig(input, world, files, baseFiles, theirs);
    for (const problem of weaker) world.note(harmless(`without effect: ${formatProblem(problem)}`));
    const environment = environmentOf(gate, input);
    const named = withPaths(gate, config.gates[gate.name], paths);
    const rawOptions = withEnvironment(gate, withPlannedRollout(gate, named, config.release), environment);
    const facts = await readFacts(gate, input.text('input'), world);
    const databases = databasesFor(input.text('database-url'));
    try {
      const io = nodeGateIo({
        files,
        baseFiles,
        allowedHosts: withHostOf(config.allowed_hosts, environment),
        metrics: (guarded) => nodeMetrics(guarded, undefined, world.env),
        databases,
        branchRules: world.env.GITHUB_TOKEN
          ? githubRules(world.env.GITHUB_TOKEN, world.env, world.fetch)
          : undefined,
        signatures: openSignatures,
        attestations: world.env.GITHUB_TOKEN
          ? githubAttestations(world.env.GITHUB_TOKEN, world.env, world.fetch)
          : undefined,
        policies: { ...repositoryPolicies, ...(facts === undefined ? {} : { facts }) },
      });
      const organisationUnknown = organisation.known ? undefined : organisation.reason;
      const run = { rawOptions, subject, io, configSha256: sha256, tool, organisationUnknown };
      const outcome = await runGate(gate, run);
      await writeOutputs(input, world, outcome);
      world.print(input.flag('json') ? JSON.stringify(outcome.result) : renderGate(outcome.result));
      return exitStatusOfVerdict(outcome.result.verdict);
    } finally {
      await databases.close();
    }
  },
};

function find(name: string | undefined): AnyGate {
  const known = gateNames.find((candidate) => candidate === name);
  const gate = known === undefined ? undefined : gateNamed(known);
  if (gate !== undefined) return gate;
  const meant = name === undefined ? null : suggest(name, gateNames);
  throw new InputError(
    'USAGE',
    name === undefined
      ? 'expected the name of a gate'
      : `there is no gate ${JSON.stringify(name.slice(0, 64))}`,
    meant === null ? `gates: ${gateNames.join(', ')}` : `did you mean ${meant}?`,
  );
}

async function openBase(base: string | null, folder: string, world: CliWorld): Promise<FileTree | undefined> {
  if (base === null) return undefined;
  const directory = resolve(world.cwd, base);
  if ((await stat(directory).catch(() => null))?.isDirectory()) return folderTree(directory);
  const tree = await gitTree(folder, base);
  if (tree !== null) return tree;
  throw new InputError(
    'BASE_UNKNOWN',
    `${base} is neither a folder nor a commit of the clone in ${folder}`,
    'fetch it first (git fetch origin main), or give the folder of another checkout',
  );
}

async function openConfig(
  input: CliInput,
  world: CliWorld,
  files: FileTree,
  baseFiles: FileTree | undefined,
  organisation: OrganisationText | null,
): Promise<Omit<ConfigRead, 'origin'>> {
  const named = input.text('config');
  if (named !== null) {
    const bytes = await readNamedFile(world, named, 1_024 * 1_024);
    return parseConfig(Buffer.from(bytes).toString('utf8'), named, organisation);
  }
  const read = await readConfig(configPath, files, baseFiles, organisation);
  if (read.origin === 'default') world.note(`no ${configPath}: every default holds`);
  return read;
}

/** Paths on the command line take the place of the gate's option `paths`. */
function withPaths(gate: AnyGate, raw: unknown, paths: readonly string[]): unknown {
  if (paths.length === 0) return raw;
  if (!knownKeys(gate.options, []).includes('paths')) {
    throw new InputError(
      'USAGE',
      `the ${gate.name} gate takes no paths`,
      'use --directory for another repository',
    );
  }
  if (raw !== undefined && (raw === null || typeof raw !== 'object' || Array.isArray(raw))) {
    throw new ConfigError('CONFIG_INVALID', `gates.${gate.name}: expected a mapping`, 'correct the config');
  }
  return { ...raw, paths };
}

function environmentOf(gate: AnyGate, input: CliInput) {
  const environment = { baseUrl: input.text('base-url'), since: input.text('since') };
  if (gate.name === 'slo' || (environment.baseUrl ?? environment.since) === null) return environment;
  throw new InputError(
    'USAGE',
    `the ${gate.name} gate looks at no environment`,
    'leave --base-url and --since out',
  );
}

/** Facts for the policies; undefined when none are given. */
async function readFacts(gate: AnyGate, path: string | null, world: CliWorld): Promise<unknown> {
  if (path === null) return undefined;
  if (gate.name !== 'policy') {
    throw new InputError('USAGE', `the ${gate.name} gate takes no --input`, 'leave --input out');
  }
  return parseFacts(path, await readNamedFile(world, path, 8 * 1_024 * 1_024));
}

function databasesFor(url: string | null) {
  if (url === null) return throwawayDatabases({ log: silentLog });
  return { ...serverDatabases(url), close: async () => {} };
}

async function writeOutputs(
  input: CliInput,
  world: CliWorld,
  { result, files }: GateRunOutcome,
): Promise<void> {
  const sarif = input.text('sarif');
  if (sarif !== null) await writeNamedFile(world, sarif, `${JSON.stringify(toSarif([result]), null, 2)}\n`);
  const evidence = input.text('evidence');
  if (evidence === null) return;
  await writeNamedFile(world, join(evidence, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  for (const file of files) await writeNamedFile(world, join(evidence, file.path), file.bytes);
}
