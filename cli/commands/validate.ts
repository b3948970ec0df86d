import { resolve } from 'node:path';
import { gates } from '../../actions/registry.ts';
import { folderTree } from '../../adapters/node-io/folder-tree.ts';
import type { Checked } from '../../core/config/check.ts';
import { parsePositioned } from '../../core/config/document.ts';
import {
  checkOrganisationConfig,
  type EffectiveConfig,
  effectiveConfig,
  type OrganisationText,
} from '../../core/config/organisation/effective.ts';
import { configPath } from '../../core/config/path.ts';
import { type ConfigProblem, formatProblem } from '../../core/config/problem.ts';
import type { Config } from '../../core/config/schema.ts';
import { ConfigError, InputError } from '../../core/errors.ts';
import { knownKeys } from '../../core/gate/options.ts';
import { suggest } from '../../core/gate/suggest.ts';
import type { FileTree } from '../../core/ports/system.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { readNamedFile } from '../files.ts';
import { unpinned } from '../init/plan.ts';
import { harmless } from '../render-gate.ts';
import { policyProblems } from '../validate-policies.ts';
import { templateProblems } from '../validate-templates.ts';
import { findLinter, type WorkflowLinter, workflowProblems } from '../validate-workflows.ts';

export const validateCommand: CliCommand = {
  usage: '[DIR] [options]',
  description: [
    'Checks the config, every gate section of it, the workflow files, the policies and the templates of a repository.',
    'Prints every problem as file:line:column. Exit status 0: none, 2: some.',
  ].join('\n'),
  options: {
    json: { help: 'print the problems as JSON' },
    organisation: {
      value: 'FILE',
      help: 'the config of OWNER/.github: its defaults hold, and what weakens it is a problem',
    },
    'of-organisation': { help: 'this is the config of OWNER/.github: it may leave the metrics to others' },
    phase: { value: 'P0…P8', help: 'readiness of a phase (not in this version yet)' },
  },
  examples: [
    ['validate', 'the repository in the current folder'],
    ['validate ../shop --json', 'another one, for a script'],
    ['validate --organisation ../.github/.github/release-conductor.yml', 'no weaker than the organisation'],
  ],
  async run(input, world) {
    if (input.text('phase') !== null) {
      throw new InputError(
        'NOT_YET',
        'phases are not in this version yet',
        'leave --phase out to check the config',
      );
    }
    const files = await folderTree(resolve(world.cwd, input.args[0] ?? '.'));
    const text = await readConfigText(files);
    const checked = input.flag('of-organisation')
      ? checkOrganisationConfig(text)
      : withWeaker(effectiveConfig(text, await readOrganisation(input, world)));
    const problems = await allProblems(text, checked, files, await findLinter(world.note));
    if (input.flag('json')) world.print(JSON.stringify({ problems }, null, 2));
    else for (const problem of problems) world.print(harmless(formatProblem(problem)));
    if (problems.length === 0 && !input.flag('json'))
      world.print(`${configPath} and the workflows are in order`);
    for (const path of await unpinnedWorkflows(files))
      world.note(
        `${path}: put the commit of Release Conductor that you reviewed in place of the zeros; GitHub finds no such action`,
      );
    return problems.length === 0 ? 0 : 2;
  },
};

async function readConfigText(files: FileTree): Promise<string> {
  const bytes = await files.read(configPath);
  if (bytes !== null) return new TextDecoder().decode(bytes);
  throw new ConfigError('CONFIG_MISSING', `there is no ${configPath}`, 'release-conductor init writes one');
}

/** Workflows as `init` wrote them: they cannot run yet, which is no mistake in them. */
async function unpinnedWorkflows(files: FileTree): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of await files.list(['.github/workflows/*.{yml,yaml}'])) {
    const bytes = await files.read(path);
    if (new TextDecoder().decode(bytes ?? new Uint8Array()).includes(`@${unpinned}`)) found.push(path);
  }
  return found;
}

/** Weaknesses are problems: whoever proposes one is refused. */
function withWeaker(found: EffectiveConfig): Checked<Config> {
  return found.ok && found.weaker.length > 0 ? { ok: false, problems: found.weaker } : found;
}

async function readOrganisation(input: CliInput, world: CliWorld): Promise<OrganisationText | null> {
  const file = input.text('organisation');
  if (file === null) return null;
  const bytes = await readNamedFile(world, file, 1_024 * 1_024);
  return { text: Buffer.from(bytes).toString('utf8'), file };
}

async function allProblems(
  text: string,
  checked: Checked<Config>,
  files: FileTree,
  lint: WorkflowLinter,
): Promise<readonly ConfigProblem[]> {
  if (!checked.ok) return checked.problems;
  const { config } = checked;
  return [
    ...sectionProblems(text, config),
    ...(await workflowProblems(config, files, lint)),
    ...(await policyProblems(config, files)),
    ...(await templateProblems(files)),
  ];
}

/** The gates' own sections, each by its gate's schema. */
function sectionProblems(text: string, config: Config): readonly ConfigProblem[] {
  const parsed = parsePositioned(text, configPath);
  if (!parsed.ok) return parsed.problems;
  const { placeOf } = parsed.document;
  return gates.flatMap((gate) => {
    const raw = config.gates[gate.name];
    const checked = raw === undefined ? null : gate.options.safeParse(raw ?? {});
    if (checked === null || checked.success) return [];
    return checked.error.issues.flatMap((issue): ConfigProblem[] => {
      const at = ['gates', gate.name, ...issue.path];
      if (issue.code !== 'unrecognized_keys') {
        return [
          problem(placeOf(at), at, issue.message, "Change the value; the gate's README lists every option"),
        ];
      }
      const known = knownKeys(gate.options, issue.path);
      return issue.keys.map((key) => {
        const meant = suggest(key, known);
        const help =
          meant === null ? `Remove it; known here: ${known.join(', ')}` : `Did you mean \`${meant}\`?`;
        return problem(placeOf([...at, key], true), [...at, key], 'unknown key', help);
      });
    });
  });
}

function problem(
  place: { readonly line: number; readonly column: number },
  path: readonly PropertyKey[],
  message: string,
  help: string,
): ConfigProblem {
  return {
    rule: 'gate-section',
    file: configPath,
    ...place,
    path: path.map(String).join('.'),
    message,
    help,
  };
}
