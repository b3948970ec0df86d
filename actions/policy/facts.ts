import type { ConfigProblem } from '../../core/config/problem.ts';
import type { Config } from '../../core/config/schema.ts';
import type { BranchRulesRead } from '../../core/ports/branch-rules.ts';
import type { RepositoryPolicyFacts } from './repository/facts.ts';
import type { WorkflowRead } from './workflow.ts';

/** What the repository says about how it is released, read from the commit under test. */
export interface PolicyFacts {
  readonly workflows: readonly WorkflowRead[];
  /** The config of the commit under test, which is not yet the one in force. */
  readonly config:
    | { readonly state: 'missing' }
    | { readonly state: 'invalid'; readonly problems: readonly ConfigProblem[] }
    | { readonly state: 'valid'; readonly config: Config };
  /** Files that must have an owner: what `owned_paths` names, and the workflows that the config trusts. */
  readonly owned: readonly string[];
  readonly codeowners: { readonly path: string; readonly text: string } | null;
  /** Files under test that differ from the base; null without a base. */
  readonly changed: ReadonlySet<string> | null;
  /** What GitHub enforces on the branch; null where nobody asked. */
  readonly branchRules: BranchRulesRead | null;
  readonly configPath: string;
  /** The repository's own policies. */
  readonly policies: RepositoryPolicyFacts;
}
