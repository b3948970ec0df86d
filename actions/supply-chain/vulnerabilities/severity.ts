import { cvssScore } from './cvss.ts';
import { type Severity, severities } from './model.ts';

/** The scanners' words and the databases' behind them. */
const synonyms: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  important: 'high',
  error: 'high',
  medium: 'medium',
  moderate: 'medium',
  warning: 'medium',
  low: 'low',
  negligible: 'low',
  minimal: 'low',
  note: 'low',
  info: 'low',
  informational: 'low',
  none: 'low',
};

/** A word or a CVSS score (0–10) as a severity; what is neither is `unknown`, never harmless. */
export function severityOf(value: unknown): Severity {
  const text = String(value ?? '')
    .trim()
    .toLowerCase();
  if (/^\d+(\.\d+)?$/.test(text)) return severityOfScore(Number(text));
  return (Object.hasOwn(synonyms, text) ? synonyms[text] : undefined) ?? 'unknown';
}

/** The qualitative scale of CVSS 3.1 and 4.0 (specification, section 5). */
function severityOfScore(score: number): Severity {
  if (score > 10) return 'unknown';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

/** The graver of two; a known severity is preferred to an unknown one. */
export function graver(a: Severity, b: Severity): Severity {
  return severities.indexOf(a) <= severities.indexOf(b) ? a : b;
}

/** The gravest; `unknown` for none. */
export function worst(all: readonly Severity[]): Severity {
  return all.reduce(graver, 'unknown');
}

/** By the score of a CVSS vector; one that cannot be scored is `unknown`. */
export function severityOfVector(vector: string | null): Severity {
  return vector === null ? 'unknown' : severityOf(cvssScore(vector));
}
