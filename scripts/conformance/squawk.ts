import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrationsGate } from '../../actions/migrations/gate.ts';
import { readLayout } from '../../actions/migrations/layout.ts';
import { rules } from '../../actions/migrations/rules/registry.ts';
import { locksOf, strongest } from '../../actions/migrations/sql/locks.ts';
import { parseSection } from '../../actions/migrations/sql/parse.ts';
import { runGate } from '../../actions/run-gate.ts';
import type { GateIo } from '../../core/gate/gate.ts';
import type { Finding } from '../../core/gate/result.ts';
import { silentLog } from '../../core/ports/system.ts';
import type { CaseResult, Corpus, Outcome } from './corpus.ts';

/** squawk's own rule tests, and the lock mode that it gives to single statements. */
export const squawk: Corpus = {
  name: 'squawk',
  about: "squawk's rule tests through the migrations gate, and its lock modes",
  recognises: (folder) =>
    existsSync(join(folder, 'cases.json')) || existsSync(join(folder, 'lock_modes.json')),
  async *run(folder): AsyncGenerator<CaseResult> {
    const cases = join(folder, 'cases.json');
    for (const one of existsSync(cases) ? await readJson<SquawkCase>(cases) : []) {
      const explained = differences[one.id];
      const outcome: Outcome =
        explained === undefined ? await judgeRule(one) : { kind: 'left out', reason: explained };
      yield { group: rulesOf(one).join(' + '), name: one.id, outcome };
    }
    const locks = join(folder, 'lock_modes.json');
    if (!existsSync(locks)) return;
    for (const one of await readJson<LockCase>(locks)) {
      yield { group: 'lock modes', name: one.sql, outcome: await judgeLock(one) };
    }
  },
};

interface SquawkCase {
  readonly id: string;
  /** The rule under test; several where squawk has one name for them. */
  readonly rule: string | readonly string[];
  readonly pg_version: string | null;
  readonly assume_in_transaction: boolean;
  readonly expect: 'violations' | 'clean';
  /** One entry a finding. */
  readonly expected_codes: readonly string[];
  readonly sql: string;
}

interface LockCase {
  readonly sql: string;
  readonly lock: string;
}

async function readJson<One>(path: string): Promise<readonly One[]> {
  return JSON.parse(await readFile(path, 'utf8')) as readonly One[];
}

/** Where squawk and Postgres say different things, Postgres is right. */
const differences: Readonly<Record<string, string>> = {
  'adding_field_with_default::docs_example_error_on_pg_11':
    'Postgres 11 adds a column with a constant default without a rewrite (release notes of 11, E.24.3.2.4)',
};

const path = 'migrations/0001_case.sql';

const rulesOf = ({ rule }: SquawkCase): readonly string[] => (typeof rule === 'string' ? [rule] : rule);

/** What Postgres' own grammar refuses cannot be judged, however squawk's reads it. */
async function judgeRule(one: SquawkCase): Promise<Outcome> {
  const names = rulesOf(one);
  const unknown = names.find((name) => !rules.some((rule) => rule.name === name));
  if (unknown !== undefined) return { kind: 'failed', reason: `there is no rule ${unknown}` };
  const findings = await gateFindings(one, names);
  const broken = findings.find(({ code }) => code === 'syntax-error');
  if (broken !== undefined) {
    return { kind: 'left out', reason: `Postgres itself refuses the text: ${broken.message}` };
  }
  const found = findings.map(({ code }) => code).filter((code) => names.includes(code));
  const wanted = [...one.expected_codes].sort().join(' ');
  const got = found.sort().join(' ');
  return got === wanted
    ? { kind: 'passed' }
    : { kind: 'failed', reason: `wanted [${wanted}], found [${got}] in: ${one.sql.trim()}` };
}

async function gateFindings(one: SquawkCase, names: readonly string[]): Promise<readonly Finding[]> {
  const { result } = await runGate(migrationsGate, {
    rawOptions: {
      ...(one.pg_version === null ? {} : { postgres_version: Number.parseInt(one.pg_version, 10) }),
      assume_in_transaction: one.assume_in_transaction,
      include_rules: names.filter((name) => rules.some((rule) => rule.name === name && rule.optIn)),
      dry_run: 'off',
    },
    subject: { repository: 'squawk/cases', sha: '0'.repeat(40), ref: 'refs/heads/case' },
    io: oneFile(one.sql),
    configSha256: '0'.repeat(64),
    tool: { name: 'conformance', version: '1' },
  });
  return result.findings;
}

/** A repository with one migration and nothing around it. */
function oneFile(sql: string): GateIo {
  const refuse = async (): Promise<never> => {
    throw new TypeError('a conformance case reaches no network');
  };
  return {
    files: {
      list: async () => [path],
      read: async (name) => (name === path ? new TextEncoder().encode(sql) : null),
    },
    fetch: refuse,
    metrics: () => ({ read: refuse, range: refuse }),
    clock: { now: () => 0 },
    log: silentLog,
  };
}

async function judgeLock({ sql, lock }: LockCase): Promise<Outcome> {
  const layout = readLayout(path, new TextEncoder().encode(sql), {
    layout: 'plain',
    assumeInTransaction: false,
  });
  const [section] = layout.sections;
  const script = section === undefined ? null : await parseSection(section);
  if (script === null || script.syntaxError !== null) {
    return { kind: 'left out', reason: 'Postgres itself refuses the text' };
  }
  const mode = strongest(script.statements.flatMap(locksOf));
  const wanted = lock === 'Unknown' ? 'none' : lock;
  return mode === wanted ? { kind: 'passed' } : { kind: 'failed', reason: `wanted ${wanted}, found ${mode}` };
}
