import type { Subject } from '../../../core/gate/result.ts';
import type { ProvenanceOptions } from './options.ts';

/** Who may sign: the issuer exactly, the identity whole or as a pattern. */
export interface TrustedIdentity {
  readonly issuer: string;
  readonly identity: string;
}

export interface TrustedIdentities {
  readonly identities: readonly TrustedIdentity[];
  /** Nobody was named: whom to trust follows from the subject. */
  readonly derived: boolean;
}

const githubIssuer = 'https://token.actions.githubusercontent.com';

/**
 * The identities that the options name, written out. Where they name neither identities nor keys: any workflow of the
 * repository under test, run for the ref under test. That is as much as the repository's own protection is worth, for
 * the source's commit is compared too; a finding says that it was derived.
 */
export function trustedIdentities(
  { identities, keys, source }: ProvenanceOptions,
  subject: Pick<Subject, 'repository' | 'ref'>,
): TrustedIdentities {
  const ref = source.ref === '*' ? 'refs/**' : (source.ref ?? subject.ref);
  if (identities.length === 0 && keys.length === 0) {
    return { identities: [ofWorkflow(`${subject.repository}/.github/workflows/*`, ref)], derived: true };
  }
  const named = identities.map(({ issuer = '', identity = '', workflow, ref: own }): TrustedIdentity => {
    if (workflow === undefined) return { issuer, identity };
    const whole = workflow.startsWith('.github/') ? `${subject.repository}/${workflow}` : workflow;
    return ofWorkflow(whole, own ?? ref);
  });
  return { identities: named, derived: false };
}

function ofWorkflow(workflow: string, ref: string): TrustedIdentity {
  return { issuer: githubIssuer, identity: `https://github.com/${workflow}@${ref}` };
}
