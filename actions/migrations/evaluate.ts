import type { Evaluation } from '../../core/gate/gate.ts';
import type { Finding } from '../../core/gate/result.ts';
import { countFindings, plural, verdictOfFindings } from '../../core/gate/verdict.ts';
import { atlasSumFindings } from './atlas-sum.ts';
import { judgeChanges } from './changes/judge.ts';
import { lockCharts } from './chart.ts';
import { judgeContracts } from './contracts/judge.ts';
import { judgeCypher } from './cypher/judge.ts';
import { observedFindings } from './dry-run/judge-observed.ts';
import { reversalFindings } from './dry-run/judge-reversal.ts';
import { dryRunFindings } from './dry-run/judge-run.ts';
import { judgeTenants } from './dry-run/judge-tenants.ts';
import { ExceptionLedger } from './exceptions.ts';
import type { MigrationsFacts } from './facts.ts';
import { historyFindings, unreadFindings } from './history.ts';
import { judgeMigrations } from './judge.ts';
import type { MigrationsOptions } from './options.ts';
import { phasesEvidence, planEvidence } from './plan.ts';
import { underLockByText } from './under-lock.ts';

/** Verdict on the migrations: the rules, the history they must keep, and what the dry run saw. */
export function evaluateMigrations(
  options: MigrationsOptions,
  facts: MigrationsFacts,
  now: number,
): Evaluation {
  const others =
    facts.changes.length + facts.changeProblems.length + facts.cypher.length + facts.foreign.length;
  if (facts.migrations.length + facts.removed.length + others === 0) return nothingThere(options);
  const ledger = new ExceptionLedger(options.exceptions, now);
  const byText = judgeMigrations(options, facts, ledger);
  const observed = [
    ...judgeContracts(facts.migrations, facts.contracts),
    ...observedFindings(options, facts, byText),
    ...underLockByText(facts, byText),
  ].map((finding) => ledger.excuse(finding));
  const changes = judgeChanges(facts);
  const tenants = judgeTenants(options, facts.dryRun);
  const findings = [
    ...byText,
    ...[...historyFindings(facts), ...unreadFindings(facts)].map((finding) => ledger.excuse(finding)),
    ...atlasSumFindings(facts.atlasSums),
    ...judgeCypher(options, facts.cypher, ledger),
    ...dryRunFindings(options, facts),
    ...observed,
    ...reversalFindings(options, facts),
    ...tenants.findings,
    ...changes.findings,
    ...ledger.leftovers(),
  ];
  const unseen =
    facts.dryRun.state === 'stopped' ||
    (options.dry_run === 'required' && facts.dryRun.state !== 'done' && facts.migrations.length > 0);
  const found = verdictOfFindings(findings);
  const unread = findings.some((finding) => isUnread(finding, facts.dryRun.state === 'done'));
  const open = unseen || unread || tenants.inconclusive || changes.inconclusive;
  const verdict = found !== 'fail' && open ? 'inconclusive' : found;
  const judged = facts.migrations.filter((migration) => migration.judged);
  return {
    verdict,
    summary: summarise(facts, findings),
    findings,
    measurements: {
      migrations: facts.migrations.length + facts.cypher.length,
      judged: judged.length + facts.cypher.length,
      statements: judged.reduce(
        (sum, one) => sum + one.scripts.reduce((n, s) => n + s.statements.length, 0),
        0,
      ),
      dry_run: facts.dryRun.state,
      ...(facts.dryRun.state === 'done' ? { dry_run_statements: facts.dryRun.statements.length } : {}),
    },
    evidence: [planEvidence(facts, findings), ...phasesEvidence(facts), ...lockCharts(facts)],
  };
}

/** Migrations that nobody has judged: the gate cannot say that they are safe. */
const unreadCodes = new Set(['builder-not-judged', 'migration-not-read']);

/** What code puts together when it runs a dry run sees, and nobody else. */
function isUnread({ code, level, data }: Finding, isDryRun: boolean): boolean {
  if (code === 'do-block-not-judged') return !isDryRun && data?.excused !== true;
  return unreadCodes.has(code) && level === 'warning';
}

function nothingThere(options: MigrationsOptions): Evaluation {
  return {
    verdict: 'skipped',
    summary: `No file matches ${options.paths.join(', ')}: nothing was judged.`,
    findings: [
      {
        code: 'no-migrations',
        level: 'notice',
        message: 'No migration file was found, which is not the same as safe migrations.',
        help: 'Set gates.migrations.paths to where the migrations lie, or take the gate out of required_gates.',
      },
    ],
    measurements: { migrations: 0, judged: 0 },
    evidence: [],
  };
}

function summarise(facts: MigrationsFacts, findings: readonly Finding[]): string {
  const judged = facts.migrations.filter((migration) => migration.judged).length + facts.cypher.length;
  const what =
    judged === 0
      ? facts.foreign.length > 0
        ? `${plural(facts.foreign.length, 'migration')} not read: ${countFindings(findings)}`
        : 'No migration is new or changed'
      : `${plural(judged, 'migration')} ${facts.hasBase ? 'new or changed' : 'judged'}: ${countFindings(findings)}`;
  const run =
    facts.dryRun.state === 'done'
      ? facts.dryRun.problems.length === 0
        ? `; applied on Postgres ${facts.dryRun.serverVersion}`
        : '; the dry run failed'
      : '; not dry-run';
  return `${what}${run}.`;
}
