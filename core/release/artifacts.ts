import type { Obstacle } from '../commands/obstacle.ts';
import type { EvidenceSubject } from '../evidence/inputs.ts';
import type { PromotionInput } from '../ports/policy-engine.ts';
import type { ReleaseState } from './state.ts';

type ArtifactFacts = PromotionInput['artifacts'];

/**
 * Artifacts that are no longer what was verified before the stage. A tag in a registry can be pushed again: what comes
 * then may be signed as well, but neither the stage nor the canary has seen it.
 */
export function changedArtifacts(
  { preflight }: Pick<ReleaseState, 'preflight'>,
  now: ArtifactFacts,
): readonly Obstacle[] {
  return (preflight?.artifacts ?? []).flatMap(({ name, digest }) => {
    const other = now.find((one) => one.name === name)?.digest ?? null;
    if (digest === null || other === null || digest === other) return [];
    const message = `${name} was ${short(digest)} on the stage and is ${short(other)} now: tag a new version`;
    return [{ code: 'ARTIFACT_CHANGED', message }];
  });
}

/** What was shipped, for the evidence. */
export function shippedArtifacts({
  preflight,
}: Pick<ReleaseState, 'preflight'>): EvidenceSubject['artifacts'] {
  return (preflight?.artifacts ?? []).flatMap(({ name, digest }) =>
    digest?.startsWith('sha256:') ? [{ name, sha256: digest.slice('sha256:'.length) }] : [],
  );
}

function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
