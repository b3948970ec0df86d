import { createHash } from 'node:crypto';
import { readAggregate, settledEffects } from '../../adapters/postgres/index.ts';
import { type Spooled, spool } from '../../adapters/zip/spool.ts';
import { InternalError, VerificationError } from '../../core/errors.ts';
import { bytesOf } from '../../core/evidence/bytes.ts';
import { readBackAndVerify } from '../../core/evidence/pack.ts';
import { bundleName, zipName } from '../../core/evidence/statement.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { evidenceLost } from '../evidence/blobs.ts';
import type { EffectContext, Performer } from './performer.ts';

const zipType = 'application/zip';
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/**
 * Uploads the packed evidence to the draft, downloads it again and verifies what came back. An upload that a
 * crash cut short is found by its digest and replaced.
 */
export const attachEvidence: Performer<'attachEvidence'> = async (effect, context) => {
  const { releaseId, sha256, bundleSha256 } = effect;
  const { forge } = context;
  const published = await publishedBefore(releaseId, context);
  if (published !== null) return { settled: { published } };
  const zip = await ensureAsset(releaseId, { name: zipName, type: zipType, sha256 }, context);
  try {
    const asset = { name: bundleName, type: bundleType, sha256: bundleSha256 };
    const bundle = await ensureAsset(releaseId, asset, context);
    const state = await stateOf(context);
    const subject = { repository: forge.repository, tag: state.tag, commit: state.sha };
    const files = { zip, bundle: await bytesOf(bundle).finally(() => bundle.close()) };
    await readBackAndVerify(files, { sha256, bundleSha256 }, subject, context.evidence);
  } finally {
    await zip.close();
  }
  return {
    settled: {
      assets: [
        { name: zipName, sha256 },
        { name: bundleName, sha256: bundleSha256 },
      ],
    },
  };
};

/**
 * The last step. It may come long after it was decided, and what it does can never be undone: so the release, its tag
 * and the bytes of its assets are looked at once more.
 */
export const publishRelease: Performer<'publishRelease'> = async ({ releaseId, body }, context) => {
  const { forge } = context;
  const { finishing } = await stateOf(context);
  if (finishing === null) throw notThere('no evidence was attached');
  for (const [name, expected] of [
    [zipName, finishing.sha256],
    [bundleName, finishing.bundleSha256],
  ] as const) {
    const found = await digestByName(forge, releaseId, name);
    if (found === null) throw notThere(`${name} is missing`);
    if (found.sha256 !== expected) throw notThere(`${name} is not the one that was verified`);
  }
  await confirmGa(context);
  return { settled: { url: (await forge.publishRelease(releaseId, body)).url } };
};

/**
 * What a call of an earlier try published after we had given it up: the release is frozen then, with evidence that
 * was read back and verified when that try attached it. Null when it is still a draft, or holds anything else.
 */
async function publishedBefore(
  releaseId: number,
  context: EffectContext,
): Promise<{ readonly sha256: string; readonly bundleSha256: string } | null> {
  const { forge, database, aggregate } = context;
  const earlier = await settledEffects(database, aggregate, 'attachEvidence');
  if (earlier.length === 0) return null;
  const { tag, finishing } = await stateOf(context);
  if (finishing?.outcome !== 'ga' || !(await forge.isPublished(tag))) return null;
  const zip = await digestByName(forge, releaseId, zipName);
  const bundle = await digestByName(forge, releaseId, bundleName);
  const known = earlier.find(
    ({ effect }) => effect.sha256 === zip?.sha256 && effect.bundleSha256 === bundle?.sha256,
  );
  if (known === undefined) return null;
  return { sha256: known.effect.sha256, bundleSha256: known.effect.bundleSha256 };
}

/** GitHub may have kept us waiting: meanwhile the release may have gone back, been held, or its tag may have moved. */
async function confirmGa(context: EffectContext): Promise<void> {
  const { tag, sha, phase, hold } = await stateOf(context);
  if (phase !== 'finishing' || hold !== null) {
    throw new VerificationError(
      'RELEASE_NOT_FINISHING',
      `The release ${tag} is not published: it is ${phase}${hold === null ? '' : `, held: ${hold.code}`}`,
      'Nothing to do when it went back; `/resume` when it is held.',
    );
  }
  const ref = await context.forge.resolveRef(`tags/${tag}`);
  if (ref?.commit === sha) return;
  throw new VerificationError(
    'HEAD_MOVED',
    `The release ${tag} is not published: its tag points to ${ref?.commit ?? 'nothing'}, verified was ${sha}`,
    'Put the tag back, or make a new release of the new commit.',
  );
}

/** The asset as GitHub gives it back, uploaded when it was not there or was another. */
async function ensureAsset(
  releaseId: number,
  asset: { readonly name: string; readonly type: string; readonly sha256: string },
  { forge, blobs }: EffectContext,
): Promise<Spooled> {
  const existing = await idByName(forge, releaseId, asset.name);
  if (existing !== null) {
    const found = await spool(forge.streamAsset(existing));
    if (found.sha256 === asset.sha256) return found;
    await found.close();
    await forge.deleteAsset(existing);
  }
  const packed = await blobs.find(asset.sha256);
  if (packed === null) throw evidenceLost(`The packed ${asset.name}`, asset.sha256);
  const { id } = await forge.uploadAsset(releaseId, asset.name, asset.type, packed);
  return spool(forge.streamAsset(id));
}

async function idByName(forge: Forge, releaseId: number, name: string): Promise<number | null> {
  const asset = (await forge.listAssets(releaseId)).find((candidate) => candidate.name === name);
  return asset?.id ?? null;
}

async function digestByName(
  forge: Forge,
  releaseId: number,
  name: string,
): Promise<{ readonly sha256: string } | null> {
  const id = await idByName(forge, releaseId, name);
  if (id === null) return null;
  const digest = createHash('sha256');
  for await (const piece of forge.streamAsset(id)) digest.update(piece);
  return { sha256: digest.digest('hex') };
}

async function stateOf({ database, aggregate }: EffectContext): Promise<ReleaseState> {
  const stored = await readAggregate(database, aggregate);
  if (stored !== null) return stored.state as ReleaseState;
  throw new InternalError('RELEASE_LOST', `There is no release ${aggregate.key}`, 'Report this.');
}

function notThere(reason: string): VerificationError {
  return new VerificationError(
    'EVIDENCE_NOT_ATTACHED',
    `The release is not published: ${reason}`,
    'Attach the evidence again; a release without verified evidence is never published.',
  );
}
