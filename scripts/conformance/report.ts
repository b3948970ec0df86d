import type { CaseResult } from './corpus.ts';

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly leftOut: number;
}

export interface CorpusReport {
  readonly corpus: string;
  readonly totals: Totals;
  readonly groups: readonly (Totals & { readonly group: string })[];
  readonly failures: readonly { readonly group: string; readonly name: string; readonly reason: string }[];
  readonly leftOut: readonly { readonly group: string; readonly reason: string; readonly cases: number }[];
}

export function summarise(corpus: string, results: readonly CaseResult[]): CorpusReport {
  const groups = [...Map.groupBy(results, ({ group }) => group)].map(([group, members]) => ({
    group,
    ...count(members),
  }));
  const failures = results.flatMap(({ group, name, outcome }) =>
    outcome.kind === 'failed' ? [{ group, name, reason: outcome.reason }] : [],
  );
  const out = results.flatMap(({ group, outcome }) =>
    outcome.kind === 'left out' ? [{ group, reason: outcome.reason }] : [],
  );
  const leftOut = [...Map.groupBy(out, ({ group, reason }) => `${group}\n${reason}`)].map(([, members]) => ({
    group: members[0]?.group ?? '',
    reason: members[0]?.reason ?? '',
    cases: members.length,
  }));
  return { corpus, totals: count(results), groups, failures, leftOut };
}

function count(results: readonly CaseResult[]): Totals {
  const of = (kind: string): number => results.filter(({ outcome }) => outcome.kind === kind).length;
  return { passed: of('passed'), failed: of('failed'), leftOut: of('left out') };
}

export function render(report: CorpusReport, verbose: boolean): string {
  const { totals } = report;
  const all = totals.passed + totals.failed + totals.leftOut;
  const share = all === 0 ? 0 : (100 * totals.passed) / all;
  const width = Math.max(5, ...report.groups.map(({ group }) => group.length));
  const line = (name: string, { passed, failed, leftOut }: Totals): string =>
    `${name.padEnd(width)}  ${String(passed).padStart(6)}  ${String(failed).padStart(6)}  ${String(leftOut).padStart(8)}`;
  return [
    `${report.corpus}`,
    `${'group'.padEnd(width)}  passed  failed  left out`,
    ...report.groups.map((group) => line(group.group, group)),
    line('all', totals),
    `${share.toFixed(2)} % of ${all} cases passed`,
    ...report.leftOut.map(({ group, reason, cases }) => `left out: ${group}: ${cases} cases: ${reason}`),
    ...report.failures.map(
      ({ group, name, reason }) =>
        `failed: ${group}: ${name}: ${verbose ? reason : (reason.split('\n')[0] ?? '')}`,
    ),
    '',
  ].join('\n');
}
