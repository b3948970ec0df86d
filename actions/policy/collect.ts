import { configPath } from '../../core/config/path.ts';
import type { Config } from '../../core/config/schema.ts';
import { readCodeowners } from '../../core/gate/codeowners.ts';
import type { GateIo } from '../../core/gate/gate.ts';
import type { Subject } from '../../core/gate/result.ts';
import type { BranchRulesRead } from '../../core/ports/branch-rules.ts';
import type { FileTree } from '../../core/ports/system.ts';
import type { PolicyFacts } from './facts.ts';
import { readText } from './files.ts';
import type { PolicyOptions } from './options.ts';
import { collectRepositoryPolicies } from './repository/collect.ts';
import { parseWorkflow } from './workflow.ts';

/** Reads the repository's own rules of release. */
export async function collectPolicy(
  options: PolicyOptions,
  subject: Subject,
  io: GateIo,
): Promise<PolicyFacts> {
  const workflows = [];
  for (const path of await io.files.list(options.workflows)) {
    const text = await readText(io.files, path);
    if (text !== null) workflows.push(parseWorkflow(path, text));
  }
  const paths = [...workflows.map((read) => (read.ok ? read.workflow.path : read.path)), configPath];
  const config = await readConfig(io.files);
  const seenConfig = config.state === 'valid' ? config.config : null;
  const rules = await readRules(options, subject, io, seenConfig);
  return {
    workflows,
    config,
    owned: await ownedPaths(options.owned_paths, seenConfig, io.files),
    codeowners: await readCodeowners(io.files),
    changed: io.baseFiles === undefined ? null : await changedPaths(paths, io.files, io.baseFiles),
    branchRules: rules,
    configPath,
    policies: await collectRepositoryPolicies(options, subject, io, seenConfig, rules),
  };
}

/** Asked only where somebody relies on it, so that a gate alone in a small repository calls nobody. */
async function readRules(
  { enforcement }: PolicyOptions,
  { repository }: Subject,
  { branchRules }: GateIo,
  config: Config | null,
): Promise<BranchRulesRead | null> {
  if (enforcement === undefined && config?.release === undefined) return null;
  if (branchRules !== undefined) return branchRules(repository, enforcement?.branch ?? null);
  return enforcement === undefined ? null : { state: 'unread', reason: 'there is no token for GitHub' };
}

async function readConfig(files: FileTree): Promise<PolicyFacts['config']> {
  const text = await readText(files, configPath);
  if (text === null) return { state: 'missing' };
  // Loaded when there is a config to check: its schema is the largest part of the gate.
  const { checkConfig } = await import('../../core/config/parse.ts');
  const checked = checkConfig(text);
  return checked.ok
    ? { state: 'valid', config: checked.config }
    : { state: 'invalid', problems: checked.problems };
}

/** A workflow of another repository is its own repository's to own. */
async function ownedPaths(
  globs: readonly string[],
  config: Config | null,
  files: FileTree,
): Promise<readonly string[]> {
  const trusted = (config?.trusted_workflows ?? []).map((line) => line.split('@')[0] ?? line);
  return files.list([...globs, ...trusted]);
}

async function changedPaths(
  paths: readonly string[],
  files: FileTree,
  base: FileTree,
): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  for (const path of paths) {
    if ((await readText(files, path)) !== (await readText(base, path))) changed.add(path);
  }
  return changed;
}
