import { globMatcher, isGlob } from '../../../core/gate/glob.ts';
import type { Subject } from '../../../core/gate/result.ts';
import { type TrustedIdentity, trustedIdentities } from './identities.ts';
import type { ProvenanceOptions } from './options.ts';
import { repositoryOf } from './predicate.ts';

/** What has to hold: the options with what they leave to the subject filled in. */
export interface ProvenancePolicy {
  readonly required: boolean;
  readonly kinds: readonly ('provenance' | 'signature')[];
  readonly identities: readonly TrustedIdentity[];
  /** Nobody is named who may sign: the identities follow from the subject. */
  readonly derived: boolean;
  readonly builders: readonly string[];
  /** Null: any. */
  readonly source: {
    readonly repository: string | null;
    readonly ref: string | null;
    readonly commit: string | null;
  };
  readonly inputs: ProvenanceOptions['inputs'];
}

/** The policy for one commit: what the options do not say is that commit's own. */
export function provenancePolicy(options: ProvenanceOptions, subject: Subject): ProvenancePolicy {
  const { repository = subject.repository, ref = subject.ref, commit } = options.source;
  return {
    required: options.required,
    kinds: [...new Set(options.require)],
    ...trustedIdentities(options, subject),
    builders: options.builders,
    source: {
      repository: repository === '*' ? null : repositoryOf(repository),
      ref: ref === '*' ? null : ref,
      commit: commit === 'any' ? null : subject.sha,
    },
    inputs: options.inputs,
  };
}

/** The whole text, or nothing: exact, or a pattern whose `*` stays inside a path segment. */
export function matchesWhole(pattern: string, text: string): boolean {
  return isGlob(pattern) && !pattern.startsWith('!') ? globMatcher([pattern])(text) : pattern === text;
}
