import { ConflictError, ProviderError, VerificationError } from '../../core/errors.ts';
import type { Effect } from '../../core/flow/effect.ts';
import type { DeploymentPayload } from '../../core/release/deployment-payload.ts';
import type { Confirmed } from '../../core/release/progress.ts';
import type { EffectContext, Performer } from './performer.ts';
import { readArtifactFacts } from './release-artifacts.ts';

type Deployment = Extract<Effect, { kind: 'createDeployment' }>;

/**
 * Asks the pipeline for a weight. A promotion looks at the tag and at what is deployed once more: between the
 * decision and this moment either may have become something that no gate has seen.
 */
export const createDeployment: Performer<'createDeployment'> = async (effect, context) => {
  const { kind: _, verify, standing, payload, ...deployment } = effect;
  const { forge, key } = context;
  if (effect.task === 'promote') {
    const ref = await forge.resolveRef(`tags/${effect.payload.release}`);
    if (ref?.commit !== effect.sha) {
      throw new VerificationError(
        'HEAD_MOVED',
        `The tag ${effect.payload.release} points to ${ref?.commit ?? 'nothing'}, the release is of ${effect.sha}`,
        'Put the tag back, or make a new release of the new commit.',
      );
    }
    await expectTraffic(effect, standing ?? [], context);
  }
  const verified =
    verify === undefined ? {} : { artifacts: await verifiedArtifacts(effect, verify, context) };
  const { id } = await forge.deployer.order({ ...deployment, payload: { ...payload, ...verified }, key });
  return { settled: { deploymentId: id, ...verified } };
};

/**
 * A dead-man switch or a person may have moved the traffic since the last look: from there a step would be a jump. The
 * traffic of this very order is as it should be: an attempt before this one has ordered it.
 */
async function expectTraffic(
  { environment, payload }: Deployment,
  standing: readonly Confirmed[],
  { forge }: EffectContext,
): Promise<void> {
  for (const known of standing) {
    const place = { environment: known.environment, service: payload.service ?? null };
    const actual = await forge.deployer.actual(place);
    if (actual === null || actual.deploymentId <= known.githubId) continue;
    if (actual.version === known.version && actual.weight === known.weight) continue;
    const isOurs = actual.version === payload.version && actual.weight === payload.weight;
    if (isOurs && known.environment === environment) continue;
    throw new VerificationError(
      'TRAFFIC_DIFFERS',
      `${known.environment} gives ${actual.weight} % to ${actual.version} (deployment ${actual.deploymentId}), not ${known.weight} % to ${known.version} as was ordered`,
      'Find out who moved the traffic.',
    );
  }
}

/** The digests that may be deployed. What cannot be read may be there later; what does not hold never will. */
async function verifiedArtifacts(
  { sha, payload: { release } }: Deployment,
  verify: NonNullable<Deployment['verify']>,
  context: EffectContext,
): Promise<NonNullable<DeploymentPayload['artifacts']>> {
  const facts = await readArtifactFacts({ ...verify, release, sha }, context);
  const told = (state: 'unverified' | 'unknown') => facts.find((fact) => fact.state === state);
  const refused = told('unverified');
  if (refused !== undefined) {
    throw new VerificationError(
      refused.code ?? 'ARTIFACT_UNVERIFIED',
      `${refused.name} is not deployed: ${refused.problem ?? 'it is not verified'}`,
      'Deploy what the trusted workflow built and signed.',
    );
  }
  const missing = told('unknown');
  if (missing !== undefined) {
    throw new ProviderError(
      missing.code ?? 'ARTIFACT_UNKNOWN',
      `${missing.name} cannot be verified now: ${missing.problem ?? 'it is not known'}`,
      'Make the artifact and what signs it readable for the Conductor.',
      { retryable: true },
    );
  }
  return facts.map(({ name, digest }) => ({ name, digest: digest ?? '' }));
}

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
