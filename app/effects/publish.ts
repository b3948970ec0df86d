import { createHash } from 'node:crypto';
import { readAggregate, settledEffects } from '../../adapters/postgres/index.ts';
import { InternalError, VerificationError } from '../../core/errors.ts';
import { bytesOf, memorySource } from '../../core/evidence/bytes.ts';
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
  const zip = await ensureAsset(releaseId, { name: zipName, type: zipType, sha256 }, context);
  const bundle = await ensureAsset(
    releaseId,
    { name: bundleName, type: bundleType, sha256: bundleSha256 },
    context,
  );
  const state = await stateOf(context);
  const subject = { repository: forge.repository, tag: state.tag, commit: state.sha };
  await readBackAndVerify(
    { zip: memorySource(zip), bundle },
    { sha256, bundleSha256 },
    subject,
    context.evidence,
  );
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
  const { forge, database, aggregate } = context;
  const [attached] = await settledEffects(database, aggregate, 'attachEvidence');
  if (attached === undefined) throw notThere('no evidence was attached');
  for (const [name, expected] of [
    [zipName, attached.effect.sha256],
    [bundleName, attached.effect.bundleSha256],
  ] as const) {
    const found = await downloadByName(forge, releaseId, name);
    if (found === null) throw notThere(`${name} is missing`);
    if (digest(found.bytes) !== expected) throw notThere(`${name} is not the one that was verified`);
  }
  await confirmGa(context);
  return { settled: { url: (await forge.publishRelease(releaseId, body)).url } };
};

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

/** The asset's bytes as GitHub gives them back, uploaded when they were not there or were others. */
async function ensureAsset(
  releaseId: number,
  asset: { readonly name: string; readonly type: string; readonly sha256: string },
  { forge, blobs }: EffectContext,
): Promise<Uint8Array> {
  const existing = await downloadByName(forge, releaseId, asset.name);
  if (existing !== null && digest(existing.bytes) === asset.sha256) return existing.bytes;
  const packed = await blobs.find(asset.sha256);
  if (packed === null) throw evidenceLost(`The packed ${asset.name}`, asset.sha256);
  if (existing !== null) await forge.deleteAsset(existing.id);
  const { id } = await forge.uploadAsset(releaseId, asset.name, asset.type, await bytesOf(packed));
  return forge.downloadAsset(id);
}

async function downloadByName(
  forge: Forge,
  releaseId: number,
  name: string,
): Promise<{ id: number; bytes: Uint8Array } | null> {
  const asset = (await forge.listAssets(releaseId)).find((candidate) => candidate.name === name);
  return asset === undefined ? null : { id: asset.id, bytes: await forge.downloadAsset(asset.id) };
}

async function stateOf({ database, aggregate }: EffectContext): Promise<ReleaseState> {
  const stored = await readAggregate(database, aggregate);
  if (stored !== null) return stored.state as ReleaseState;
  throw new InternalError('RELEASE_LOST', `There is no release ${aggregate.key}`, 'Report this.');
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function notThere(reason: string): VerificationError {
  return new VerificationError(
    'EVIDENCE_NOT_ATTACHED',
    `The release is not published: ${reason}`,
    'Attach the evidence again; a release without verified evidence is never published.',
  );
}
