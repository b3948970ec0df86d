import type { ThrowawayDatabase } from '../../../core/ports/database.ts';
import { compareRows, type ParityReport } from './parity.ts';
import type { Parity, SchemaChange } from './read.ts';
import { asDocuments, parseRow, type Row } from './row.ts';

/** What a database said about one planned change. */
export interface ChangeProof {
  readonly name: string;
  /** The contract step is proved on what is there before it; every other phase on what it leaves. */
  readonly when: 'before' | 'after';
  /** Rows that are not filled yet; null when the query failed or none is given. */
  readonly remaining: number | null;
  readonly parity: ParityReport | null;
  /** The server's words about queries that it refused. */
  readonly errors: readonly string[];
}

/** Rows of each query that are compared at most: more say so and prove nothing. */
const rowLimit = 100_000;

/** Runs the proofs that are due now, in one read-only snapshot each. */
export async function proveChanges(
  database: ThrowawayDatabase,
  changes: readonly SchemaChange[],
  when: ChangeProof['when'],
): Promise<readonly ChangeProof[]> {
  const due = changes.filter(({ phase }) => (phase === 'contract') === (when === 'before'));
  const proofs: ChangeProof[] = [];
  for (const change of due) proofs.push(await proveChange(database, change, when));
  return proofs;
}

async function proveChange(
  database: ThrowawayDatabase,
  { name, backfill, parity }: SchemaChange,
  when: ChangeProof['when'],
): Promise<ChangeProof> {
  const errors: string[] = [];
  const ask = async <Answer>(what: string, question: () => Promise<Answer>): Promise<Answer | null> => {
    try {
      return await inSnapshot(database, question);
    } catch (error) {
      errors.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };
  return {
    name,
    when,
    remaining:
      backfill === undefined
        ? null
        : await ask('backfill', async () => countOf(await database.query(backfill))),
    parity: parity === undefined ? null : await ask('parity', () => compareQueries(database, parity)),
    errors,
  };
}

/** Both queries see the same rows, and neither can change them. */
async function inSnapshot<Answer>(
  database: ThrowawayDatabase,
  question: () => Promise<Answer>,
): Promise<Answer> {
  await database.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    // Whatever zone the server is set to: the same data has the same digest.
    await database.query("SET LOCAL TimeZone TO 'UTC'");
    return await question();
  } finally {
    await database.query('ROLLBACK');
  }
}

function countOf(rows: readonly Record<string, unknown>[]): number {
  const values = Object.values(rows[0] ?? {});
  const count = Number(values[0]);
  if (rows.length !== 1 || values.length !== 1 || !Number.isFinite(count)) {
    throw new Error('expected one row with one number');
  }
  return count;
}

async function compareQueries(database: ThrowawayDatabase, parity: Parity): Promise<ParityReport> {
  const read = async (sql: string): Promise<readonly Row[]> =>
    (await database.query(asDocuments(sampled(sql, parity)))).map(({ row }) => parseRow(row));
  const [old, fresh] = [await read(parity.old), await read(parity.new)];
  const report = compareRows(old, fresh, parity, rowLimit);
  if (report.verdict !== 'different') return report;
  // A query that gives other rows when it is asked again in the same snapshot compares with nothing.
  const again = compareRows(await read(parity.old), await read(parity.new), parity, rowLimit);
  const stable = again.digestOld === report.digestOld && again.digestNew === report.digestNew;
  return stable ? report : { ...report, verdict: 'unstable' };
}

/** The first 32 bits of the key's MD5 choose: no matter which query, the same keys are in the sample. */
function sampled(sql: string, { key, sample }: Parity): string {
  const text = key.map((column) => `q."${column.replaceAll('"', '""')}"::text`).join(', ');
  const threshold = Math.ceil(sample * 2 ** 32);
  const chosen =
    sample === 1
      ? ''
      : `WHERE ('x' || substr(md5(concat_ws('|', ${text})), 1, 8))::bit(32)::bigint < ${threshold}`;
  return `SELECT q.* FROM (${sql.trim().replace(/;$/, '')}\n) AS q ${chosen} LIMIT ${rowLimit + 1}`;
}
