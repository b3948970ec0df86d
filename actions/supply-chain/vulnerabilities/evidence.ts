import type { EvidenceFile } from '../../../core/gate/gate.ts';
import type { VulnerabilityJudgement } from './judge.ts';
import { severities, type Vulnerability } from './model.ts';

/** Counts by severity of what is new, known, gone and accepted; null when nothing was scanned. */
export function vulnerabilityMeasurements({
  scanned,
  difference,
  accepted,
}: VulnerabilityJudgement): unknown {
  if (!scanned) return null;
  return {
    new: countsOf(difference.added),
    known: countsOf(difference.kept),
    gone: countsOf(difference.removed),
    accepted: accepted.length,
  };
}

/** The difference itself, for whoever has to know later what was known at the time. */
export function vulnerabilityEvidence({
  scanned,
  difference,
  accepted,
}: VulnerabilityJudgement): EvidenceFile[] {
  if (!scanned) return [];
  const document = { new: difference.added, known: difference.kept, gone: difference.removed, accepted };
  return [
    {
      path: 'sbom/vulnerabilities.json',
      mediaType: 'application/json',
      bytes: new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`),
    },
  ];
}

function countsOf(list: readonly Vulnerability[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    severities.map((severity) => [severity, list.filter((one) => one.severity === severity).length]),
  );
}
