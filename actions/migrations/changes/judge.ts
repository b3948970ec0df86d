import type { Finding } from '../../../core/gate/result.ts';
import { breakagesOf } from '../contracts/breakages.ts';
import type { DryRun, MigrationsFacts } from '../facts.ts';
import type { ChangeProof } from './prove.ts';
import { phases, type SchemaChange } from './read.ts';

export interface ChangesJudgement {
  readonly findings: readonly Finding[];
  /** Something that must be proved could not be: no data is not a pass. */
  readonly inconclusive: boolean;
}

/** Whether each planned change keeps its steps apart and has proved what the step needs. */
export function judgeChanges(facts: MigrationsFacts): ChangesJudgement {
  const invalid = facts.changeProblems.map(
    ({ path, message }): Finding => ({
      code: 'change-invalid',
      level: 'error',
      message: `The plan of changes cannot be read: ${message}.`,
      help: 'Correct the file: version: 1 and a list of changes, each with name, phase, old and new.',
      path,
    }),
  );
  const judged = facts.changes.map((change) => judgeChange(change, facts));
  return {
    findings: [...invalid, ...judged.flatMap(({ findings }) => findings)],
    inconclusive: judged.some(({ inconclusive }) => inconclusive),
  };
}

function judgeChange(change: SchemaChange, facts: MigrationsFacts): ChangesJudgement {
  const proof = proofOf(change, facts.dryRun);
  const say = (code: string, level: Finding['level'], message: string, help: string): Finding => ({
    code,
    level,
    message: `${change.name} (${change.phase}): ${message}`,
    help,
    path: change.path,
  });
  const findings = [
    ...orderFindings(change, facts, say),
    ...flagFindings(change, say),
    ...(proof?.errors ?? []).map((error) =>
      say(
        'change-query-failed',
        'error',
        `Postgres refused a query: ${error}.`,
        'Correct the query in the plan.',
      ),
    ),
    ...backfillFindings(change, proof, say),
    ...parityFindings(change, proof, say),
  ];
  return { findings, inconclusive: findings.some(({ code }) => unproved.has(code)) };
}

/** Findings that say "not known": a warning that does not let the change through. */
const unproved = new Set(['backfill-not-proved', 'shadow-parity-not-proved']);

type Say = (code: string, level: Finding['level'], message: string, help: string) => Finding;

export function proofOf(change: SchemaChange, run: DryRun): ChangeProof | null {
  return run.state === 'done' ? (run.proofs.find(({ name }) => name === change.name) ?? null) : null;
}

/** One step a release: the version before must be able to live with every step. */
function orderFindings(change: SchemaChange, facts: MigrationsFacts, say: Say): Finding[] {
  const found: Finding[] = [];
  const before = facts.baseChanges.find(({ name }) => name === change.name);
  const from = before === undefined ? -1 : phases.indexOf(before.phase);
  const step = phases.indexOf(change.phase) - from;
  if (facts.hasBase && step > 1) {
    const last = before === undefined ? 'nothing of it' : `its phase ${before.phase}`;
    found.push(
      say(
        'phase-skipped',
        'error',
        `the base branch has ${last}, so this release jumps over ${phases.slice(from + 1, from + step).join(' and ')}.`,
        'Release the phases one after the other: expand, backfill, switch, contract.',
      ),
    );
  }
  const [table = '', column = null] = placeOf(change.old);
  const gone = breakagesOf(facts.migrations).find(
    (one) =>
      (one.kind === 'drop' || one.kind === 'rename') &&
      one.table === table &&
      (one.column === column || one.column === null),
  );
  if (gone !== undefined && change.phase !== 'contract') {
    found.push(
      say(
        'contract-too-early',
        'error',
        `\`${change.old}\` goes away in ${gone.path}, before the contract step.`,
        'Take the drop out of this release; it belongs to the phase contract.',
      ),
    );
  }
  return found;
}

/** `orders.total` → table and column; `sales.orders.total` with its schema. */
function placeOf(place: string): [string, string | null] {
  const parts = place.replace(/^public\./, '').split('.');
  return parts.length === 1 ? [place, null] : [parts.slice(0, -1).join('.'), parts.at(-1) ?? null];
}

function flagFindings(change: SchemaChange, say: Say): Finding[] {
  if (change.dual_write_flag !== undefined || change.phase === 'contract') return [];
  return [
    say(
      'dual-write-flag-missing',
      'warning',
      `nothing says how the application writes both \`${change.old}\` and \`${change.new}\`.`,
      'Name the flag with dual_write_flag; it stays on until the contract step, so that a rollback loses nothing.',
    ),
  ];
}

function backfillFindings(change: SchemaChange, proof: ChangeProof | null, say: Say): Finding[] {
  const due = change.phase === 'switch' || change.phase === 'contract';
  if (proof !== null && proof.remaining !== null) {
    if (proof.remaining === 0) return [];
    const rows = `${proof.remaining} rows of \`${change.new}\` are not filled yet.`;
    return [
      say('backfill-incomplete', due ? 'error' : 'notice', rows, 'Finish the backfill before readers move.'),
    ];
  }
  if (!due || (proof?.errors.length ?? 0) > 0) return [];
  return [
    say(
      'backfill-not-proved',
      'warning',
      change.backfill === undefined
        ? 'no query proves the backfill.'
        : 'the query of the backfill was not run.',
      'Give a query in backfill that counts the rows still to fill, and run the gate on a copy with data (database-url, restored_copy).',
    ),
  ];
}

function parityFindings(change: SchemaChange, proof: ChangeProof | null, say: Say): Finding[] {
  const due = change.phase === 'switch' || change.phase === 'contract';
  const report = proof?.parity ?? null;
  if (report !== null && report.verdict === 'different') {
    const { missing, extra, different, compared, ambiguous } = report;
    const message = `old and new query disagree: ${different} of ${compared} rows differ, ${missing} are missing, ${extra} are new, ${ambiguous} share a key.`;
    return [
      say(
        'shadow-parity-differs',
        due ? 'error' : 'warning',
        message,
        'See migrations/plan+shadow_parity.json for keys and columns; correct the new query, the backfill or the dual write.',
      ),
    ];
  }
  if (!due || report?.verdict === 'equal' || (proof?.errors.length ?? 0) > 0) return [];
  const why =
    report?.verdict === 'empty'
      ? 'the queries gave no rows, which proves nothing.'
      : report?.verdict === 'too-many-rows'
        ? 'the queries give too many rows to compare all; set sample.'
        : report?.verdict === 'unstable'
          ? 'a query gives other rows each time it is asked (random(), LIMIT without ORDER BY): nothing can be compared.'
          : change.parity === undefined
            ? 'no pair of queries compares old and new.'
            : 'the queries were not run.';
  return [
    say(
      'shadow-parity-not-proved',
      'warning',
      why,
      'Give parity.old, parity.new and parity.key, and run the gate on a copy with data (database-url, restored_copy).',
    ),
  ];
}
