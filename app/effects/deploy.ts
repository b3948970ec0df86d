import { ConflictError, VerificationError } from '../../core/errors.ts';
import type { Performer } from './performer.ts';

/**
 * Asks the pipeline for a weight. A promotion looks at the tag once more: between the decision and this moment
 * it may have been moved to a commit that no gate has seen.
 */
export const createDeployment: Performer<'createDeployment'> = async (effect, { forge, key }) => {
  const { kind: _, ...deployment } = effect;
  if (effect.task === 'promote') {
    const ref = await forge.resolveRef(`tags/${effect.payload.release}`);
    if (ref?.commit !== effect.sha) {
      throw new VerificationError(
        'HEAD_MOVED',
        `The tag ${effect.payload.release} points to ${ref?.commit ?? 'nothing'}, the release is of ${effect.sha}`,
        'Put the tag back, or make a new release of the new commit.',
      );
    }
  }
  const { id } = await forge.ensureDeployment({ ...deployment, key });
  return { settled: { deploymentId: id } };
};

/** A published release cannot be filled any more: that is a conflict, not a draft. */
export const ensureDraftRelease: Performer<'ensureDraftRelease'> = async (
  { kind: _, ...release },
  { forge },
) => {
  const { id, draft } = await forge.ensureDraftRelease(release);
  if (draft) return { settled: { releaseId: id } };
  throw new ConflictError(
    'RELEASE_ALREADY_PUBLISHED',
    `A release of ${release.tag} is already published, so evidence cannot be attached to it any more`,
    'Delete that release, or tag a new version.',
  );
};
