import { createHash, randomUUID } from 'node:crypto';
import { contentLost, removalRefused } from '../../core/evidence/retention.ts';
import type { ContentStore, Pieces } from '../../core/ports/blob-store.ts';
import type { Database } from './pool.ts';
import type { Sql, Transaction } from './sql.ts';

const pieceBytes = 524_288;

/** Evidence bytes in Postgres (`ContentStore`). The tables' triggers keep them whoever asks. */
export function postgresContents(database: Database): ContentStore {
  return {
    put: (content, retainUntil) => database.transaction((tx) => storeContent(tx, content, retainUntil)),
    read: (sha256, offset, length) => readContent(database, sha256, offset, length),
    async sizeOf(sha256) {
      const { rows } = await database.query<{ size: number }>(
        'select size from evidence_contents where sha256 = $1',
        [sha256],
      );
      return rows[0]?.size ?? null;
    },
    async *list() {
      const { rows } = await database.query<KeptRow>(
        'select sha256, size, held, retain_until from evidence_contents order by sha256',
      );
      for (const { sha256, size, held, retain_until } of rows)
        yield { sha256, size, held, retainUntil: retain_until.getTime() };
    },
    async retain(sha256, until) {
      await database.query(
        'update evidence_contents set retain_until = $2 where sha256 = $1 and retain_until < $2',
        [sha256, new Date(until)],
      );
    },
    async hold(sha256, held) {
      await database.query('update evidence_contents set held = $2 where sha256 = $1', [sha256, held]);
    },
    async remove(sha256, now) {
      const { rows } = await database.query<{ held: boolean; retain_until: Date }>(
        'select held, retain_until from evidence_contents where sha256 = $1',
        [sha256],
      );
      const row = rows[0];
      if (row === undefined) return;
      const keeping = { held: row.held, retainUntil: row.retain_until.getTime() };
      const refused = removalRefused(sha256, keeping, now);
      if (refused !== null) throw refused;
      await database.query('delete from evidence_contents where sha256 = $1', [sha256]);
    },
  };
}

interface KeptRow {
  sha256: string;
  size: number;
  held: boolean;
  retain_until: Date;
}

/** Stores content inside a transaction: with it, or not at all. */
export async function storeContent(
  tx: Transaction,
  content: Pieces,
  retainUntil: number,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const upload = randomUUID();
  const digest = createHash('sha256');
  let size = 0;
  let piece = 0;
  for await (const bytes of piecesOf(content)) {
    digest.update(bytes);
    size += bytes.length;
    await tx.query('insert into evidence_pieces (upload, piece, bytes) values ($1, $2, $3)', [
      upload,
      piece++,
      bytes,
    ]);
  }
  const sha256 = digest.digest('hex');
  const { rows } = await tx.query<{ upload: string }>(
    `insert into evidence_contents (sha256, size, upload, retain_until) values ($1, $2, $3, $4)
     on conflict (sha256) do update
       set retain_until = greatest(evidence_contents.retain_until, excluded.retain_until)
     returning upload`,
    [sha256, size, upload, new Date(retainUntil)],
  );
  if (rows[0]?.upload !== upload) await discardPieces(tx, upload, size, retainUntil);
  return { sha256, size };
}

/** Pieces go only with a content: the second copy becomes one for a moment. */
async function discardPieces(tx: Transaction, upload: string, size: number, at: number): Promise<void> {
  const name = `discarded/${upload}`;
  await tx.query(
    'insert into evidence_contents (sha256, size, upload, retain_until) values ($1, $2, $3, $4)',
    [name, size, upload, new Date(Math.min(at, 0))],
  );
  await tx.query('delete from evidence_contents where sha256 = $1', [name]);
}

async function readContent(sql: Sql, sha256: string, offset: number, length: number): Promise<Uint8Array> {
  const first = Math.floor(offset / pieceBytes);
  const last = Math.floor(Math.max(offset, offset + length - 1) / pieceBytes);
  const { rows } = await sql.query<{ bytes: Buffer | null }>(
    `select p.bytes from evidence_contents c
       left join evidence_pieces p on p.upload = c.upload and p.piece between $2 and $3
      where c.sha256 = $1 order by p.piece`,
    [sha256, first, last],
  );
  if (rows.length === 0) throw contentLost(sha256);
  const bytes = Buffer.concat(rows.flatMap((row) => (row.bytes === null ? [] : [row.bytes])));
  return bytes.subarray(offset - first * pieceBytes, offset - first * pieceBytes + length);
}

/** The content cut into pieces of one size, the last one shorter. */
async function* piecesOf(content: Pieces): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    let at = 0;
    while (size + chunk.length - at >= pieceBytes) {
      const end = at + pieceBytes - size;
      held.push(chunk.subarray(at, end));
      yield Buffer.concat(held);
      held = [];
      size = 0;
      at = end;
    }
    held.push(chunk.slice(at));
    size += chunk.length - at;
  }
  if (size > 0) yield Buffer.concat(held);
}
