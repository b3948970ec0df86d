import type { GateIo } from '../../../core/gate/gate.ts';
import type { Subject } from '../../../core/gate/result.ts';
import type { BranchRulesRead } from '../../../core/ports/branch-rules.ts';
import type { PolicySource } from '../../../core/ports/repository-policies.ts';
import type { FileTree } from '../../../core/ports/system.ts';
import { readText } from '../files.ts';
import type { PolicyOptions } from '../options.ts';
import type { RepositoryPolicyFacts } from './facts.ts';
import { policyInput } from './input.ts';

/** Reads the repository's policies, checks them and asks them. `config` is what the policies see of the config. */
export async function collectRepositoryPolicies(
  options: PolicyOptions,
  subject: Subject,
  io: GateIo,
  config: unknown,
  rules: BranchRulesRead | null,
): Promise<RepositoryPolicyFacts> {
  const { baseFiles, policies: engine } = io;
  const sources = await readSources(options.policies, baseFiles ?? io.files);
  const ahead = baseFiles === undefined ? sources : await readSources(options.policies, io.files);
  const isEdited = JSON.stringify(ahead) !== JSON.stringify(sources);
  const next = isEdited && engine !== undefined ? await engine.check(ahead) : null;
  const facts = { origin: baseFiles === undefined ? 'change' : 'base', files: sources.length, next } as const;
  if (sources.length === 0 || engine === undefined) {
    return { ...facts, check: null, answers: [], supplied: [], problems: [] };
  }
  const check = await engine.check(sources);
  if (check.problems.some(({ kind }) => kind === 'compile')) {
    return { ...facts, check, answers: [], supplied: [], problems: [] };
  }
  const { document, supplied, problems } = await policyInput(options, subject, io, config, rules);
  const answers = await engine.decide(sources, document, io.clock.now());
  return { ...facts, check, answers, supplied, problems };
}

async function readSources(globs: readonly string[], files: FileTree): Promise<readonly PolicySource[]> {
  const paths = (await files.list(globs)).filter((path) => path.endsWith('.rego'));
  return Promise.all(paths.map(async (path) => ({ path, text: (await readText(files, path)) ?? '' })));
}
