import { describe, expect, it } from 'vitest';
import type { EffectContext } from '../../app/effects/performer.ts';
import { attachEvidence, publishRelease } from '../../app/effects/publish.ts';
import { bytesOf, memorySource } from '../../core/evidence/bytes.ts';
import { bundleName, zipName } from '../../core/evidence/statement.ts';
import type { ByteSource } from '../../core/ports/blob-store.ts';
import { commit, inputsFor, newPrivateKey, packInMemory, portsWith, sha256Of } from '../evidence/support.ts';

const evidence = portsWith(newPrivateKey());
const packed = await packInMemory(inputsFor(), evidence);
const sha256 = sha256Of(packed.zip);
const bundleSha256 = sha256Of(packed.bundle);
const other = new Uint8Array([1, 2, 3]);

interface Story {
  readonly assets?: Readonly<Record<string, Uint8Array>>;
  readonly state?: object;
  readonly tagAt?: string | null;
  /** What GitHub makes of bytes that are uploaded. */
  readonly keeps?: (bytes: Uint8Array) => Uint8Array;
  /** The store lost what was packed and has this in its place. */
  readonly stored?: Uint8Array;
  /** An earlier try attached evidence with this digest, and then GitHub published. */
  readonly before?: string;
}

const whole = { [zipName]: packed.zip, [bundleName]: packed.bundle };

/** A release of GitHub and what is known of ours. */
function world({ assets = {}, state, tagAt = commit, keeps = (bytes) => bytes, stored, before }: Story) {
  const held = new Map(Object.entries(assets).map(([name, bytes], n) => [n + 1, { name, bytes }]));
  const did: string[] = [];
  let last = held.size;
  const finishing = { outcome: 'ga', stage: 'publishing', attempt: 1, sha256, bundleSha256 };
  const known = { tag: 'v1.0.0', sha: commit, phase: 'finishing', hold: null, finishing, ...state };
  const row = {
    kind: 'release',
    repository: 'acme/shop',
    key: 'v1.0.0',
    updated_at: new Date(0),
    state: known,
  };
  const earlier = before === undefined ? [] : [{ key: 'k', effect: { sha256: before, bundleSha256 } }];
  const forge = {
    repository: 'acme/shop',
    listAssets: async () => [...held].map(([id, { name, bytes }]) => ({ id, name, size: bytes.length })),
    streamAsset: async function* (id: number) {
      yield held.get(id)?.bytes;
    },
    uploadAsset: async (_id: number, name: string, _type: string, content: ByteSource) => {
      last += 1;
      held.set(last, { name, bytes: keeps(await bytesOf(content)) });
      did.push(`upload ${name}`);
      return { id: last };
    },
    deleteAsset: async (id: number) => {
      did.push(`delete ${held.get(id)?.name}`);
      held.delete(id);
    },
    resolveRef: async () => (tagAt === null ? null : { commit: tagAt }),
    isPublished: async () => before !== undefined,
    publishRelease: async () => {
      did.push('publish');
      return { url: 'u' };
    },
  };
  const contents = [stored ?? packed.zip, packed.bundle];
  const find = async (digest: string) => {
    const bytes = digest === sha256 ? contents[0] : digest === bundleSha256 ? contents[1] : undefined;
    return bytes === undefined ? null : memorySource(bytes);
  };
  const database = {
    query: async (text: string) => ({ rows: text.includes('from effects') ? earlier : [row] }),
  };
  const aggregate = { kind: 'release', repository: 'acme/shop', key: 'v1.0.0' };
  const context = { forge, database, aggregate, evidence, blobs: { find } } as unknown as EffectContext;
  return { did, context };
}

/** What was done on GitHub, and how it ended. */
async function ended(story: Story, run: (context: EffectContext) => Promise<unknown>) {
  const { did, context } = world(story);
  const end = await run(context).then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  );
  return [...did, end];
}

const publish = (context: EffectContext) =>
  publishRelease({ kind: 'publishRelease', releaseId: 7, body: 'notes' }, context);
const attach = (context: EffectContext) =>
  attachEvidence({ kind: 'attachEvidence', releaseId: 7, sha256, bundleSha256 }, context);

describe('publishing', () => {
  it('is the last step of a release with its evidence', async () => {
    expect(await ended({ assets: whole }, publish)).toEqual(['publish', 'done']);
  });

  it.each<[string, Story, string]>([
    ['that is empty', {}, 'EVIDENCE_NOT_ATTACHED'],
    ['without its zip', { assets: { [bundleName]: packed.bundle } }, 'EVIDENCE_NOT_ATTACHED'],
    ['without its signature', { assets: { [zipName]: packed.zip } }, 'EVIDENCE_NOT_ATTACHED'],
    ['whose zip is another', { assets: { ...whole, [zipName]: other } }, 'EVIDENCE_NOT_ATTACHED'],
    ['whose signature is another', { assets: { ...whole, [bundleName]: other } }, 'EVIDENCE_NOT_ATTACHED'],
    ['that begins anew', { assets: whole, state: { finishing: null } }, 'EVIDENCE_NOT_ATTACHED'],
    ['that goes back', { assets: whole, state: { phase: 'rolling_back' } }, 'RELEASE_NOT_FINISHING'],
    ['that is held', { assets: whole, state: { hold: { code: 'NO_DATA' } } }, 'RELEASE_NOT_FINISHING'],
    ['whose tag moved', { assets: whole, tagAt: 'f'.repeat(40) }, 'HEAD_MOVED'],
    ['whose tag is gone', { assets: whole, tagAt: null }, 'HEAD_MOVED'],
  ])('is refused for a release %s', async (_what, story, code) => {
    expect(await ended(story, publish)).toEqual([code]);
  });
});

describe('attaching', () => {
  const both = [`upload ${zipName}`, `upload ${bundleName}`];

  it('uploads the evidence once: what an earlier try brought there stays', async () => {
    expect(await ended({}, attach)).toEqual([...both, 'done']);
    expect(await ended({ assets: { [zipName]: packed.zip } }, attach)).toEqual([both[1], 'done']);
    expect(await ended({ assets: whole }, attach)).toEqual(['done']);
  });

  it('replaces what a crash cut short', async () => {
    const assets = { ...whole, [zipName]: packed.zip.slice(0, 100) };
    expect(await ended({ assets }, attach)).toEqual([`delete ${zipName}`, both[0], 'done']);
  });

  it('fails when other bytes come back than were uploaded', async () => {
    expect((await ended({ keeps: () => other }, attach)).at(-1)).toBe('TAMPERED');
    expect((await ended({ stored: other }, attach)).at(-1)).toBe('TAMPERED');
  });

  it('takes what an earlier try published for what counts, and nothing else', async () => {
    const { context, did } = world({ assets: whole, before: sha256 });
    expect(await attach(context)).toEqual({ settled: { published: { sha256, bundleSha256 } } });
    expect(did).toEqual([]);
    const unknown = world({ assets: whole, before: 'e'.repeat(64) });
    expect(await attach(unknown.context)).toMatchObject({ settled: { assets: [{ sha256 }, {}] } });
  });
});
