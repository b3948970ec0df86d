import type { Examined, Finding } from '../../app/doctor.ts';

const marks = { ok: '✔', problem: '✖', unknown: '?', skipped: '–' } as const;
/** Repositories that are named beside what they have in common. */
const mostNamed = 5;

/** Every finding, by subject. */
export function renderExamined({ subject, findings }: Examined): string {
  return [subject, ...findings.map(renderFinding)].join('\n');
}

/**
 * Many repositories on one page: what is not in order, once, with the repositories that have it in common, the most
 * common first. What is in order is counted.
 */
export function renderRepositories(examined: readonly Examined[]): string {
  const wrong = new Map<string, { readonly finding: Finding; readonly subjects: string[] }>();
  for (const { subject, findings } of examined) {
    for (const finding of findings.filter(({ state }) => state === 'problem' || state === 'unknown')) {
      const text = renderFinding(finding);
      const known = wrong.get(text) ?? { finding, subjects: [] };
      if (!known.subjects.includes(subject)) known.subjects.push(subject);
      wrong.set(text, known);
    }
  }
  const sorted = [...wrong.values()].toSorted(
    (a, b) => rank(a.finding) - rank(b.finding) || b.subjects.length - a.subjects.length,
  );
  const concerned = new Set(sorted.flatMap(({ subjects }) => subjects));
  const count = examined.length - concerned.size;
  return [
    `${examined.length} ${examined.length === 1 ? 'repository' : 'repositories'}`,
    `${count === 0 ? marks.skipped : marks.ok} ${count} of ${examined.length} in order`,
    ...sorted.map(({ finding, subjects }) => `${renderFinding(finding)}\n  ${listOf(subjects)}`),
  ].join('\n');
}

function rank({ state }: Finding): number {
  return state === 'problem' ? 0 : 1;
}

function listOf(subjects: readonly string[]): string {
  const more = subjects.length - mostNamed;
  return `${subjects.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more (--json names them)` : ''}`;
}

function renderFinding(finding: Finding): string {
  const line = `${marks[finding.state]} ${finding.check}: ${finding.detail}`;
  return 'help' in finding ? `${line}\n  → ${finding.help}` : line;
}
