import type { Finding } from '../../../core/gate/result.ts';
import type { PolicyFacts } from '../facts.ts';
import type { PolicyOptions } from '../options.ts';

/** One rule over the repository. Pure: the same facts give the same findings. */
export interface PolicyRule {
  /** Codes that its findings can have. */
  readonly codes: readonly string[];
  /** What it protects from, in one sentence: the table in the README. */
  readonly protects: string;
  check(facts: PolicyFacts, options: PolicyOptions): Iterable<Finding>;
}
