import { RekorWitness, type Witness } from '@sigstore/sign';
import { timestampAuthority } from './timestamp-authority.ts';

/** Who else sees a signature when it is made: a transparency log, a timestamp authority (RFC 3161). */
export interface WitnessSettings {
  /** Where its API begins. */
  readonly rekorUrl?: string | undefined;
  /** The whole address that is asked, as RFC 3161 says. */
  readonly timestampUrl?: string | undefined;
  /** The network of the timestamp authority. */
  readonly fetch?: typeof fetch | undefined;
}

export function openWitnesses({
  rekorUrl,
  timestampUrl,
  fetch: ask = fetch,
}: WitnessSettings): readonly Witness[] {
  const limits = { retry: 2, timeout: 10_000 } as const;
  return [
    ...(rekorUrl === undefined
      ? []
      : [new RekorWitness({ rekorBaseURL: rekorUrl, entryType: 'dsse', ...limits })]),
    ...(timestampUrl === undefined ? [] : [timestampAuthority(timestampUrl, ask)]),
  ];
}
