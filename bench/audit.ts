import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../adapters/embedded-postgres/index.ts';
import { appendAudit, connect, type Database, migrate } from '../adapters/postgres/index.ts';
import { type AuditEntry, nextAuditEntry } from '../core/audit/entry.ts';
import { LogVerifier, renderAuditLine } from '../core/audit/lines.ts';
import { silentLog } from '../core/ports/system.ts';
import type { Benchmark, Figure } from './measure.ts';
import { ratio } from './measure.ts';

const connections = 16;
const appends = 4_000;
const verified = 300_000;
const note = {
  action: 'gate.reported',
  actor: 'mona',
  reason: 'the slo gate passed',
  reasonCode: null,
  data: { gate: 'slo', verdict: 'pass', result_sha256: 'ab'.repeat(32) },
};

/**
 * Chained appends on 16 connections, to one chain and to sixteen, against the same rows in a table of the same
 * shape without a chain, in the same Postgres (bundled, with fsync); and the verification of an exported log.
 */
export const audit: Benchmark = {
  name: 'audit',
  title: 'Audit log: chained appends over plain inserts on 16 connections; entries verified a second',
  async run(rounds) {
    const folder = mkdtempSync(join(tmpdir(), 'rc-audit-'));
    chmodSync(folder, 0o755); // Postgres may run as another account
    const postgres = await startPostgres({ dataDir: folder, log: silentLog });
    const database = await connect({ url: postgres.url, log: silentLog, connections });
    try {
      await migrate(database);
      await database.query('create table plain (like audit including indexes); create sequence places');
      return await measure(database, rounds);
    } finally {
      await database.close();
      await postgres.close();
      rmSync(folder, { recursive: true });
    }
  },
};

async function measure(database: Database, rounds: number): Promise<readonly Figure[]> {
  const plain: number[] = [];
  const one: number[] = [];
  const many: number[] = [];
  const speeds: number[] = [];
  const log = exportedLog(verified);
  for (let round = 0; round < rounds; round++) {
    plain.push(await rate((n) => insertPlain(database, n)));
    one.push(await rate(() => append(database, `acme/one-${round}`)));
    many.push(await rate((n) => append(database, `acme/many-${n % connections}`)));
    speeds.push(verificationSpeed(log));
  }
  const aim = { op: '>=', value: 0.8 } as const;
  return [
    { name: 'plain inserts', unit: '/s', rounds: plain, aim: null },
    { name: 'appends to one chain', unit: '/s', rounds: one, aim: null },
    { name: 'appends to sixteen chains', unit: '/s', rounds: many, aim: null },
    ratio('one chain over plain', one, plain, aim),
    ratio('sixteen chains over plain', many, plain, aim),
    { name: 'verification', unit: '/s', rounds: speeds, aim: { op: '>=', value: 200_000 } },
  ];
}

/** The same row, with the same indexes, that nothing ties to the one before it. */
function insertPlain(database: Database, n: number): Promise<unknown> {
  const entry = nextAuditEntry(null, note, Date.now(), `acme/many-${n % connections}`);
  return database.transaction((tx) =>
    tx.query(`insert into plain (repository, seq, hash, entry) values ($1, nextval('places'), $2, $3)`, [
      entry.repository,
      entry.hash,
      JSON.stringify(entry),
    ]),
  );
}

function append(database: Database, repository: string): Promise<void> {
  return database.transaction((tx) => appendAudit(tx, repository, null, [note], Date.now()));
}

/** Transactions a second, on all connections at once. */
async function rate(work: (n: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < appends) await work(next++);
    }),
  );
  return appends / ((performance.now() - from) / 1_000);
}

function exportedLog(count: number): readonly string[] {
  const lines: string[] = [];
  let previous: AuditEntry | null = null;
  for (let n = 0; n < count; n++) {
    previous = nextAuditEntry(previous, note, 1_700_000_000_000 + n, 'acme/shop');
    lines.push(renderAuditLine(previous));
  }
  return lines;
}

function verificationSpeed(lines: readonly string[]): number {
  const from = performance.now();
  const verifier = new LogVerifier();
  for (const line of lines) verifier.add(line);
  if (verifier.size !== lines.length) throw new Error(`only ${verifier.size} entries hold`);
  return lines.length / ((performance.now() - from) / 1_000);
}
