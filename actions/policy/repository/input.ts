import { readCodeowners } from '../../../core/gate/codeowners.ts';
import type { GateIo } from '../../../core/gate/gate.ts';
import { parseInput } from '../../../core/gate/input-document.ts';
import type { Subject } from '../../../core/gate/result.ts';
import type { BranchRules, BranchRulesRead } from '../../../core/ports/branch-rules.ts';
import type { FileTree } from '../../../core/ports/system.ts';
import type { PolicyOptions } from '../options.ts';
import { changedPaths } from './changed-paths.ts';
import type { InputProblem } from './facts.ts';

/** Who vouches for a part of the input. `change`: its author, whom a policy should not have to believe; `github`: its API. */
type Origin = 'base' | 'change' | 'comparison' | 'caller' | 'github';

export interface PolicyInput {
  readonly document: Readonly<Record<string, unknown>>;
  readonly supplied: readonly string[];
  readonly problems: readonly InputProblem[];
}

/** The input document of the policies, and for each part who vouches for it (`input.origins`). */
export async function policyInput(
  options: PolicyOptions,
  subject: Subject,
  io: GateIo,
  config: unknown,
  rules: BranchRulesRead | null,
): Promise<PolicyInput> {
  const origins: Record<string, Origin> = { workflows: 'change', config: 'change' };
  const problems: InputProblem[] = [];
  const trusted: Origin = io.baseFiles === undefined ? 'change' : 'base';
  const codeowners = await readCodeowners(io.baseFiles ?? io.files);
  origins.codeowners = trusted;
  let changed: unknown = null;
  if (io.baseFiles !== undefined) {
    origins.changed_paths = 'comparison';
    changed = await changedPaths(options.compared, io.files, io.baseFiles, codeowners?.text ?? '');
    if (changed === null)
      problems.push({
        message: 'There are too many files to compare with the base, so what changed is not known.',
        help: 'Name the folders that the policies look at in gates.policy.compared.',
      });
  }
  if (rules?.state === 'read') origins.branch_rules = 'github';
  const inputs: Record<string, unknown> = {};
  for (const { name, path, from } of options.inputs) {
    const isBase = from === 'base' && io.baseFiles !== undefined;
    origins[`inputs.${name}`] = isBase ? 'base' : 'change';
    const read = await readDocument(isBase ? io.baseFiles : io.files, path);
    if (read.ok) inputs[name] = read.value;
    else problems.push({ message: `The input \`${name}\` ${read.problem}.`, help: inputHelp, path });
  }
  const facts = io.policies?.facts;
  if (facts !== undefined) origins.facts = 'caller';
  return {
    document: {
      subject,
      now: new Date(io.clock.now()).toISOString(),
      workflows: await readWorkflows(options, io.files),
      config,
      codeowners,
      changed_paths: changed,
      branch_rules: rules?.state === 'read' ? rulesDocument(rules.rules) : null,
      inputs,
      facts: facts ?? null,
      origins,
    },
    supplied: Object.keys(origins).filter((part) => ['change', 'caller'].includes(origins[part] ?? '')),
    problems,
  };
}

/** The words of the documents: snake case, as everywhere outside the program. */
function rulesDocument({ branch, requiredChecks, approvals, codeOwnerReview }: BranchRules) {
  const checks = requiredChecks.map(({ name, appId }) => ({ name, app_id: appId }));
  return { branch, required_checks: checks, approvals, code_owner_review: codeOwnerReview };
}

const inputHelp = 'Add or correct the file, or take it out of gates.policy.inputs.';

async function readDocument(
  files: FileTree,
  path: string,
): Promise<
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string }
> {
  const bytes = await files.read(path);
  if (bytes === null) return { ok: false, problem: 'is missing' };
  const parsed = parseInput(path, bytes);
  return parsed.ok ? parsed : { ok: false, problem: `cannot be read: ${parsed.problem}` };
}

/** Workflows as parsed; one that does not parse is a finding of its own, and `null` here. */
async function readWorkflows(options: PolicyOptions, files: FileTree): Promise<unknown[]> {
  const workflows = [];
  for (const path of await files.list(options.workflows)) {
    const read = await readDocument(files, path);
    workflows.push({ path, workflow: read.ok ? read.value : null });
  }
  return workflows;
}
