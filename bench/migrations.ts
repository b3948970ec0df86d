import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'libpg-query';
import { ExceptionLedger } from '../actions/migrations/exceptions.ts';
import { migrationsGate } from '../actions/migrations/gate.ts';
import { judgeMigrations } from '../actions/migrations/judge.ts';
import { migrationsOptionsSchema } from '../actions/migrations/options.ts';
import type { GateIo } from '../core/gate/gate.ts';
import { silentLog } from '../core/ports/system.ts';
import { type Benchmark, type Figure, ratio } from './measure.ts';

const sizes = [1_000, 20_000] as const;
const path = 'migrations/0001_all.sql';
const subject = { repository: 'bench/migrations', sha: '0'.repeat(40), ref: 'refs/heads/main' };

/**
 * The gate's lint (layout, parse, every rule) against the Postgres parser alone on the same text,
 * and against squawk's binary with its usual report on the same file. The gate is measured in a warm process,
 * squawk with its start, which takes a few milliseconds.
 */
export const migrations: Benchmark = {
  name: 'migrations',
  title: 'Migration lint: against parsing alone and against squawk-cli',
  async run(rounds) {
    const folder = mkdtempSync(join(tmpdir(), 'rc-lint-'));
    try {
      const figures: Figure[] = [];
      const perStatement: number[][] = [];
      await warmUp();
      for (const size of sizes) {
        const sql = statements(size);
        const file = join(folder, `${size}.sql`);
        writeFileSync(file, sql);
        const times = await sideBySide(sql, file, size, rounds);
        figures.push(...figuresOf(size, times));
        perStatement.push(times.ours.map((ms) => ms / size));
      }
      const [small = [], large = []] = perStatement;
      figures.push(ratio('time a statement, 20,000 over 1,000', large, small, { op: '<=', value: 1.5 }));
      return figures;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Both sides meet compiled code: the aim is about work, not about the first second of a process. */
async function warmUp(): Promise<void> {
  const sql = statements(1_000);
  for (let turn = 0; turn < 10; turn++) {
    await lint(sql);
    await parse(sql);
  }
}

interface Times {
  readonly ours: number[];
  readonly parsing: number[];
  readonly squawk: number[];
}

/** squawk takes many seconds for a long file: there it runs once, and each round is compared with that. */
async function sideBySide(sql: string, file: string, size: number, rounds: number): Promise<Times> {
  const times: Times = { ours: [], parsing: [], squawk: [] };
  for (let round = 0; round < rounds; round++) {
    times.parsing.push(await timeOf(() => parse(sql)));
    times.ours.push(await timeOf(() => lint(sql)));
    const known = size > 10_000 ? times.squawk[0] : undefined;
    times.squawk.push(known ?? (await timeOf(() => runSquawk(file))));
  }
  return times;
}

function figuresOf(size: number, { ours, parsing, squawk }: Times): Figure[] {
  const name = size.toLocaleString('en');
  return [
    { name: `${name} statements: the gate’s lint`, unit: 'ms', rounds: ours, aim: null },
    { name: `${name} statements: libpg-query alone`, unit: 'ms', rounds: parsing, aim: null },
    { name: `${name} statements: squawk-cli`, unit: 'ms', rounds: squawk, aim: null },
    ratio(`${name}: rate over libpg-query alone`, parsing, ours, { op: '>=', value: 0.6 }),
    ratio(`${name}: times faster than squawk-cli`, squawk, ours, {
      op: '>=',
      value: size === 1_000 ? 2 : 30,
    }),
  ];
}

async function timeOf(work: () => unknown): Promise<number> {
  globalThis.gc?.();
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Layout, parse and every rule: what a linter does. The evidence that a gate writes besides is not measured. */
async function lint(sql: string): Promise<void> {
  const options = migrationsOptionsSchema.parse({ dry_run: 'off' });
  const facts = await migrationsGate.collect(options, subject, oneFile(new TextEncoder().encode(sql)));
  judgeMigrations(options, facts, new ExceptionLedger([], 0));
}

function oneFile(bytes: Uint8Array): GateIo {
  const refuse = async (): Promise<never> => {
    throw new TypeError('a benchmark reaches no network');
  };
  return {
    files: {
      list: async (globs) => (globs.some((glob) => glob.endsWith('.sql')) ? [path] : []),
      read: async (name) => (name === path ? bytes : null),
    },
    fetch: refuse,
    metrics: () => ({ read: refuse, range: refuse }),
    clock: { now: () => 0 },
    log: silentLog,
  };
}

/** Findings end it with status 1; only a squawk that does not run at all is a broken measurement. */
function runSquawk(file: string): void {
  const require = createRequire(import.meta.url);
  const binary = join(
    require.resolve(`@squawk-cli/${process.platform}-${process.arch}/package.json`),
    '..',
    'bin',
    'squawk',
  );
  const { status, error } = spawnSync(binary, [file], { maxBuffer: 2 ** 30 });
  if (error !== undefined || (status !== 0 && status !== 1))
    throw error ?? new Error(`squawk ended with ${status}`);
}

/** Ordinary migrations over some hundred tables: most statements are safe, some are not. */
function statements(count: number): string {
  const kinds: readonly ((table: string, n: number) => string)[] = [
    (table, n) => `ALTER TABLE ${table} ADD COLUMN note_${n} text;`,
    (table, n) => `CREATE INDEX CONCURRENTLY IF NOT EXISTS ${table}_i${n} ON ${table} (created_at, id);`,
    (_table, n) =>
      `CREATE TABLE made_${n} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL);`,
    (table, n) => `ALTER TABLE ${table} ADD CONSTRAINT c${n} CHECK (amount > 0) NOT VALID;`,
    (table, n) => `INSERT INTO ${table} (id, name) VALUES (${n}, 'name ${n}');`,
    (table) => `UPDATE ${table} SET amount = amount + 1 WHERE id BETWEEN 1 AND 100;`,
    (table, n) => `COMMENT ON COLUMN ${table}.note_${n} IS 'what it is';`,
    (table, n) => `ALTER TABLE ${table} DROP COLUMN old_${n};`,
  ];
  const lines = ["SET lock_timeout = '1s';", "SET statement_timeout = '5s';"];
  for (let n = 0; lines.length < count; n++)
    lines.push(kinds[n % kinds.length]?.(`table_${n % 311}`, n) ?? '');
  return `${lines.join('\n')}\n`;
}
