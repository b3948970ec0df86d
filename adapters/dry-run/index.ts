import { blocksOf, bytesOf } from '../../core/evidence/bytes.ts';
import type { ByteSource } from '../../core/ports/blob-store.ts';
import type { Forge } from '../../core/ports/forge.ts';

/** Something that would have been done, in the words of the port. */
export interface SimulatedCall {
  readonly repository: string;
  readonly call: keyof Forge;
  readonly input: unknown;
}

/**
 * A forge that reads through `inner` and writes nothing: each write is recorded and answered as GitHub would
 * have. Numbers that it gives out are negative, so that nobody takes them for GitHub's.
 */
export function dryRunForge(inner: Forge, record: (call: SimulatedCall) => Promise<void>): Forge {
  let last = 0;
  const uploaded = new Map<
    number,
    { readonly releaseId: number; readonly name: string; readonly content: ByteSource }
  >();
  const note = async (call: keyof Forge, input: unknown): Promise<number> => {
    await record({ repository: inner.repository, call, input });
    last -= 1;
    return last;
  };
  const place = (what: string, id: number): string => `simulated:${inner.repository}/${what}/${id}`;
  const posted = async (call: keyof Forge, input: unknown): Promise<{ id: number; url: string }> => {
    const id = await note(call, input);
    return { id, url: place('comment', id) };
  };
  return {
    ...inner,
    settings: {
      ...inner.settings,
      apply: async (change) => {
        await note('settings', change);
      },
    },
    edits: {
      ...inner.edits,
      write: async (input) => ({ commit: `simulated${await note('edits', input)}` }),
      propose: async (input) => {
        const number = await note('edits', input);
        return { number, url: place('pull', number), state: 'merged' };
      },
      merge: async (proposal) => {
        await note('edits', { merge: proposal });
        return true;
      },
      close: async (proposal) => {
        await note('edits', { close: proposal });
      },
    },
    publishCheck: async (input) => ({ id: await note('publishCheck', input) }),
    upsertComment: (input) => posted('upsertComment', input),
    ensureComment: (input) => posted('ensureComment', input),
    addReaction: async (commentId, content) => {
      await note('addReaction', { commentId, content });
    },
    removeLabel: async (issue, label) => {
      await note('removeLabel', { issue, label });
    },
    rerunWorkflow: async (runId, since) => {
      await note('rerunWorkflow', { runId, ...(since && { since }) });
    },
    ensureIssue: async (input) => {
      const number = await note('ensureIssue', input);
      return { number, url: place('issue', number) };
    },
    updateIssue: async (issue, change) => {
      await note('updateIssue', { issue, ...change });
    },
    deployer: {
      ...inner.deployer,
      order: async (input) => ({ id: await note('deployer', input) }),
      removeEnvironment: async (environment) => {
        await note('deployer', { remove: environment });
      },
      reportOf: async (id) => (id < 0 ? { state: 'success', url: null } : inner.deployer.reportOf(id)),
      stateOf: async (id) => (id < 0 ? 'success' : inner.deployer.stateOf(id)),
    },
    answerProtectionRule: async (input) => {
      await note('answerProtectionRule', input);
    },
    ensureDraftRelease: async (input) => ({ id: await note('ensureDraftRelease', input), draft: true }),
    listAssets: async (releaseId) =>
      [...uploaded].flatMap(([id, asset]) =>
        asset.releaseId === releaseId ? [{ id, name: asset.name, size: asset.content.size }] : [],
      ),
    uploadAsset: async (releaseId, name, mediaType, content) => {
      const id = await note('uploadAsset', { releaseId, name, mediaType, size: content.size });
      uploaded.set(id, { releaseId, name, content });
      return { id };
    },
    deleteAsset: async (assetId) => {
      await note('deleteAsset', { assetId });
      uploaded.delete(assetId);
    },
    downloadAsset: async (assetId) => {
      const asset = uploaded.get(assetId);
      return asset === undefined ? inner.downloadAsset(assetId) : bytesOf(asset.content);
    },
    streamAsset: (assetId) => {
      const asset = uploaded.get(assetId);
      return asset === undefined ? inner.streamAsset(assetId) : blocksOf(asset.content);
    },
    publishRelease: async (releaseId, body) => {
      const id = await note('publishRelease', { releaseId, body });
      return { url: place('release', id) };
    },
  };
}
