import type { PolicyAnswer, PolicyCheck } from '../../../core/ports/repository-policies.ts';

/** What the repository's own policies are and say. */
export interface RepositoryPolicyFacts {
  /** Where the policies came from: the base when there is one, so that no change brings its own judge. */
  readonly origin: 'base' | 'change';
  /** Files of Rego, tests among them. */
  readonly files: number;
  /** Null when there are no policies, or nothing that runs them. */
  readonly check: PolicyCheck | null;
  /** The policies as the change leaves them, when it edits them: they judge what comes after the merge. */
  readonly next: PolicyCheck | null;
  readonly answers: readonly PolicyAnswer[];
  /** Parts of the input that the author of the change, or whoever runs the gate, supplied. */
  readonly supplied: readonly string[];
  readonly problems: readonly InputProblem[];
}

/** A fact that the policies should have had. */
export interface InputProblem {
  readonly message: string;
  readonly help: string;
  readonly path?: string;
}
