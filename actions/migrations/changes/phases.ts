import { cellText, codeSpan } from '../../../core/gate/markdown.ts';
import type { DryRun, MigrationsFacts } from '../facts.ts';
import { proofOf } from './judge.ts';
import { type Phase, phases, type SchemaChange } from './read.ts';

export type StepState = 'released' | 'this release' | 'later';

/** One planned change as a row of the plan: where each phase stands, and what has been proved. */
export interface PhaseRow {
  readonly change: string;
  readonly path: string;
  readonly old: string;
  readonly new: string;
  readonly steps: Readonly<Record<Phase, StepState>>;
  readonly dual_write_flag: string | null;
  readonly backfill: string;
  readonly parity: string;
}

/** The plan of all changes that span releases, in the order of their names. */
export function phaseRows({ changes, dryRun }: Pick<MigrationsFacts, 'changes' | 'dryRun'>): PhaseRow[] {
  return changes
    .map((change) => rowOf(change, dryRun))
    .sort((left, right) => (left.change < right.change ? -1 : 1));
}

function rowOf(change: SchemaChange, run: DryRun): PhaseRow {
  const now = phases.indexOf(change.phase);
  const stateOf = (phase: Phase): StepState => {
    const step = phases.indexOf(phase);
    if (step === now) return 'this release';
    return step < now ? 'released' : 'later';
  };
  const proof = proofOf(change, run);
  const remaining = proof?.remaining ?? null;
  const report = proof?.parity ?? null;
  return {
    change: change.name,
    path: change.path,
    old: change.old,
    new: change.new,
    steps: {
      expand: stateOf('expand'),
      backfill: stateOf('backfill'),
      switch: stateOf('switch'),
      contract: stateOf('contract'),
    },
    dual_write_flag: change.dual_write_flag ?? null,
    backfill: remaining === null ? 'not proved' : remaining === 0 ? 'complete' : `${remaining} rows left`,
    parity: report === null ? 'not compared' : `${report.verdict}, ${report.compared} rows compared`,
  };
}

/** The plan as a Markdown table, for people. */
export function phasesMarkdown(rows: readonly PhaseRow[]): string {
  const marks: Readonly<Record<StepState, string>> = {
    released: 'released',
    'this release': '**this release**',
    later: '·',
  };
  const lines = rows.map((row) =>
    [
      cellText(row.change),
      `${codeSpan(row.old)} → ${codeSpan(row.new)}`,
      ...phases.map((phase) => marks[row.steps[phase]]),
      row.dual_write_flag === null ? 'none' : codeSpan(row.dual_write_flag),
      cellText(row.backfill),
      cellText(row.parity),
    ].join(' | '),
  );
  return [
    '# Changes over several releases',
    '',
    `| change | from, to | ${phases.join(' | ')} | dual-write flag | backfill | shadow-read parity |`,
    '|---|---|---|---|---|---|---|---|---|',
    ...lines.map((line) => `| ${line} |`),
    '',
  ].join('\n');
}
