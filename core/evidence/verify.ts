import type {
  Check,
  Problem,
  VerificationInput,
  VerificationPorts,
  VerificationReport,
} from './verification.ts';
import { openArchive } from './verify-archive.ts';
import { checkAudit } from './verify-audit.ts';
import { checkEntries, checkGates, checkSubject } from './verify-content.ts';
import { checkDecisions } from './verify-decisions.ts';
import { checkStatement, readStatement } from './verify-signature.ts';

/**
 * Verifies evidence offline, in the order of trust: who signed, what was signed, whether the zip is that, and
 * whether what it says holds together. Every problem is reported, not only the first.
 */
export async function verifyEvidence(
  input: VerificationInput,
  ports: VerificationPorts,
): Promise<VerificationReport> {
  const signed = readStatement(input, ports.verifyBundle);
  const archive = await openArchive(input.zip, ports);
  const { opened, zipSha256 } = archive;
  const audit = opened && checkAudit(opened, ports.verifyBundle, input.trustedKeys);
  const steps: readonly (readonly [string, readonly Problem[] | null])[] = [
    ['signature', signed.problems],
    ['archive', archive.problems],
    ['statement', signed.statement && checkStatement(signed, zipSha256, opened)],
    ['entries', opened && checkEntries(opened)],
    ['subject', opened && checkSubject(opened.manifest, input.expected)],
    ['gates', opened && checkGates(opened)],
    ['decisions', opened && checkDecisions(opened, ports.replayPolicies)],
    ['audit', audit?.problems ?? null],
  ];
  // What could not be looked at is not good.
  const checks = steps.map(([name, found]): Check => ({ name, ok: found !== null && found.length === 0 }));
  return {
    ok: checks.every(({ ok }) => ok),
    problems: unique(steps.flatMap(([, found]) => found ?? [])),
    checks,
    zipSha256,
    signedBy: signed.key?.hint ?? null,
    manifest: opened?.manifest ?? null,
    auditHead: audit?.head ?? null,
  };
}

/** A deeper cause is often seen by two steps in the same words. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = JSON.stringify([problem.code, problem.entry, problem.message]);
    return !seen.has(key) && seen.add(key);
  });
}

export type { Problem, VerificationReport } from './verification.ts';
