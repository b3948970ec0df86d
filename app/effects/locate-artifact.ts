import { imageDigest } from '../../adapters/registry/index.ts';
import type { ReleaseArtifact } from '../../core/config/artifacts.ts';
import { InputError, ProviderError } from '../../core/errors.ts';
import type { EffectContext } from './performer.ts';

/** An artifact as it is at this moment: its content, or the digest that its registry names. */
export type LocatedArtifact = { readonly bytes: Uint8Array } | { readonly digest: string };

const maxFileBytes = 512 * 1_024 * 1_024;

/**
 * Finds what the config calls an artifact.
 *
 * @throws InputError `ARTIFACT_NOT_FOUND`, `IMAGE_NOT_FOUND`
 * @throws ProviderError when a registry or GitHub does not answer
 */
export async function locateArtifact(
  artifact: ReleaseArtifact,
  {
    release,
    sha,
    releaseId,
  }: { readonly release: string; readonly sha: string; readonly releaseId: number | null },
  { forge, fetch, registryLogin }: Pick<EffectContext, 'forge' | 'fetch' | 'registryLogin'>,
): Promise<LocatedArtifact> {
  const filled = (text: string): string => text.replaceAll('{tag}', release).replaceAll('{sha}', sha);
  if (artifact.digest !== undefined) return { digest: artifact.digest };
  if (artifact.image !== undefined) {
    if (fetch === undefined) throw noNetwork(artifact.image);
    return { digest: await imageDigest(filled(artifact.image), fetch, registryLogin) };
  }
  if (artifact.asset !== undefined) return readAsset(filled(artifact.asset), release, releaseId, forge);
  const path = filled(artifact.file ?? '');
  const bytes = await forge.filesAt(sha).read(path, maxFileBytes);
  if (bytes === null) throw notFound(`the tagged commit has no file ${path}`);
  return { bytes };
}

async function readAsset(
  name: string,
  release: string,
  releaseId: number | null,
  forge: EffectContext['forge'],
): Promise<LocatedArtifact> {
  const assets = releaseId === null ? [] : await forge.listAssets(releaseId);
  const found = assets.find((asset) => asset.name === name);
  if (found === undefined) throw notFound(`the GitHub Release of ${release} has no file ${name}`);
  if (found.size > maxFileBytes) throw notFound(`${name} is larger than 512 MiB`);
  return { bytes: await forge.downloadAsset(found.id) };
}

function notFound(what: string): InputError {
  return new InputError(
    'ARTIFACT_NOT_FOUND',
    `What is to be deployed is not there: ${what}`,
    'Have the build put it there before the release is promoted, or correct release.artifacts.',
  );
}

function noNetwork(image: string): ProviderError {
  return new ProviderError(
    'REGISTRY_UNAVAILABLE',
    `The registry of ${image} cannot be reached from here`,
    'Run the Conductor where it reaches the registry.',
    { retryable: false },
  );
}
