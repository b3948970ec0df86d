import {
  type BlobRecord,
  type Database,
  extendBlob,
  findBlob,
  recordBlob,
} from '../../adapters/postgres/index.ts';
import { createInspector } from '../../adapters/zip/inspector.ts';
import { InternalError } from '../../core/errors.ts';
import { blocksOf } from '../../core/evidence/bytes.ts';
import type { ContentFacts, ContentStore, Pieces, StoredContent } from '../../core/ports/blob-store.ts';

/** Evidence bytes by their digest: the bytes in a content store, what is known of them in Postgres. */
export interface Blobs {
  /** Stores evidence of a repository and looks at it while it passes. */
  put(content: Pieces, mediaType: string, repository: string): Promise<StoredContent>;
  /** The same for what may turn out not to count: it is nobody's yet, and kept for a day. */
  stage(content: Pieces, mediaType: string): Promise<StoredContent>;
  /** What was staged counts as evidence of this repository: from now on it is kept as long as all evidence. */
  keep(sha256: string, repository: string): Promise<void>;
  /** Null: nobody stored it. */
  find(sha256: string): Promise<StoredContent | null>;
}

/** How long evidence waits for somebody to believe it, ms. */
const stagingTime = 86_400_000;

export function createBlobs(parts: {
  readonly database: Database;
  readonly contents: ContentStore;
  /** How long evidence is kept from the moment it is stored, ms. */
  readonly retention: number;
  readonly now: () => number;
}): Blobs {
  const { database, contents, retention, now } = parts;
  const at = (facts: ContentFacts): StoredContent => ({
    ...facts,
    read: (offset, length) => contents.read(facts.sha256, offset, length),
    ...(contents.readInto && {
      readInto: (buffer, offset) => contents.readInto?.(facts.sha256, buffer, offset) ?? Promise.resolve(0),
    }),
  });
  const store = async (
    content: Pieces,
    mediaType: string,
    kept: number,
    repositories: readonly string[],
  ): Promise<StoredContent> => {
    const retainUntil = now() + kept;
    const inspector = createInspector();
    await contents.put(inspected(content, inspector), retainUntil);
    const facts = inspector.finish();
    await recordBlob(database, facts, { mediaType, retainUntil, repositories });
    return at(facts);
  };
  return {
    put: (content, mediaType, repository) => store(content, mediaType, retention, [repository]),
    stage: (content, mediaType) => store(content, mediaType, Math.min(retention, stagingTime), []),
    keep: async (sha256, repository) => {
      const until = now() + retention;
      await contents.retain(sha256, until);
      await extendBlob(database, sha256, repository, until);
    },
    async find(sha256) {
      const record = await findBlob(database, sha256);
      if (record === null) return null;
      return at(isInspected(record) ? record : await inspect(record, contents));
    },
  };
}

function isInspected(record: BlobRecord): record is BlobRecord & ContentFacts {
  return record.crc32 !== null;
}

/** Content that was stored before anybody looked at it on arrival. */
async function inspect({ sha256, size }: BlobRecord, contents: ContentStore): Promise<ContentFacts> {
  const inspector = createInspector();
  const source = { size, read: (from: number, length: number) => contents.read(sha256, from, length) };
  for await (const block of blocksOf(source)) inspector.update(block);
  return inspector.finish();
}

async function* inspected(
  content: Pieces,
  inspector: ReturnType<typeof createInspector>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    inspector.update(chunk);
    yield chunk;
  }
}

/** What was recorded as stored is not there. */
export function evidenceLost(name: string, sha256: string): InternalError {
  return new InternalError(
    'EVIDENCE_LOST',
    `${name} (${sha256}) is not in the store`,
    'Restore the database and the store of evidence from a backup, and report this.',
  );
}
