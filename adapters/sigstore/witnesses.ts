import { RekorWitness, TSAWitness, type Witness } from '@sigstore/sign';

/** Who else sees a signature when it is made: a transparency log, a timestamp authority (RFC 3161). */
export interface WitnessSettings {
  readonly rekorUrl?: string | undefined;
  readonly timestampUrl?: string | undefined;
}

export function openWitnesses({ rekorUrl, timestampUrl }: WitnessSettings): readonly Witness[] {
  const limits = { retry: 2, timeout: 10_000 } as const;
  return [
    ...(rekorUrl === undefined
      ? []
      : [new RekorWitness({ rekorBaseURL: rekorUrl, entryType: 'dsse', ...limits })]),
    ...(timestampUrl === undefined ? [] : [new TSAWitness({ tsaBaseURL: timestampUrl, ...limits })]),
  ];
}
