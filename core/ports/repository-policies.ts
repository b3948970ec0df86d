/** A file of Rego, by its path in the repository. */
export interface PolicySource {
  readonly path: string;
  readonly text: string;
}

/** What is wrong with a policy itself, and where: 1-based. */
export interface PolicyProblem {
  /** `unasked`: a rule that looks as if it decided, and that nobody asks. */
  readonly kind: 'compile' | 'unasked' | 'test' | 'evaluation';
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

/** The rules by which a package `conductor.<name>` decides; see actions/policy/README.md. */
export const decidingRules = ['deny', 'warn', 'obligations', 'allow'] as const;
export type DecidingRule = (typeof decidingRules)[number];

/** What one deciding rule of one package says. Whatever is not `defined` must be taken as a refusal. */
export interface PolicyAnswer {
  /** `conductor.release` */
  readonly package: string;
  readonly rule: DecidingRule;
  /** Where the rule stands. */
  readonly path?: string;
  readonly line?: number;
  readonly answer:
    | { readonly kind: 'defined'; readonly value: unknown }
    | { readonly kind: 'undefined' }
    | { readonly kind: 'failed'; readonly problem: PolicyProblem };
}

export interface PolicyCheck {
  /** Empty: it compiles, and every test passed. */
  readonly problems: readonly PolicyProblem[];
  readonly tests: number;
  /** Digest of names and texts: equal policies, equal digests. */
  readonly sha256: string;
}

/** The engine that runs a repository's own policies. Neither method throws for what a policy does. */
export interface RepositoryPolicies {
  /** Facts from whoever runs the gate: no more than their word. */
  readonly facts?: unknown;
  /** Compiles the policies and runs their `_test.rego` files. */
  check(sources: readonly PolicySource[]): Promise<PolicyCheck>;
  /** Every deciding rule of every package `conductor.<name>`, over this input; `now` in ms since the epoch. Only for policies that compile. */
  decide(sources: readonly PolicySource[], input: unknown, now: number): Promise<readonly PolicyAnswer[]>;
}
