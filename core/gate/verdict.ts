import type { Finding, Verdict } from './result.ts';

/** Worst first. `skipped` stands behind `warn`: it did not pass, but nothing was found wrong either. */
const severity = ['fail', 'inconclusive', 'skipped', 'warn', 'pass'] as const satisfies readonly Verdict[];

/** The verdict of several: the worst of them; nothing at all is `inconclusive`. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  const seen = new Set(verdicts);
  return severity.find((verdict) => seen.has(verdict)) ?? 'inconclusive';
}

/** An error fails, a warning warns, a notice changes nothing. */
export function verdictOfFindings(findings: Iterable<Finding>): 'pass' | 'warn' | 'fail' {
  let verdict: 'pass' | 'warn' = 'pass';
  for (const finding of findings) {
    if (finding.level === 'error') return 'fail';
    if (finding.level === 'warning') verdict = 'warn';
  }
  return verdict;
}

/** `2 errors, 1 warning`; notices only when there is nothing worse. */
export function countFindings(findings: readonly Finding[]): string {
  const count = (level: Finding['level']): number => findings.filter((one) => one.level === level).length;
  const parts = [
    plural(count('error'), 'error'),
    plural(count('warning'), 'warning'),
    plural(count('notice'), 'notice'),
  ].filter((part) => !part.startsWith('0 '));
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

/** `1 file`, `3 files`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
