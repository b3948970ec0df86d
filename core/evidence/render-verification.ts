import type { VerificationReport } from './verification.ts';

/** The report as a person reads it. */
export function renderVerification({
  ok,
  checks,
  problems,
  manifest,
  signedBy,
  zipSha256,
}: VerificationReport): string {
  const subject = manifest?.subject;
  const about =
    subject === undefined ? [] : [`release    ${subject.repository} ${subject.tag} (${subject.commit})`];
  const absent = manifest?.absent.map(({ layout, reason }) => `  – ${layout}: ${reason}`) ?? [];
  const refused = manifest?.refused.map(({ path, code, reason }) => `  – ${path}: ${reason} [${code}]`) ?? [];
  return [
    ...checks.map((check) => `${check.ok ? '✔' : '✖'} ${check.name}`),
    '',
    ...about,
    ...(signedBy === null ? [] : [`signed by  ${signedBy}`]),
    `sha256     ${zipSha256}`,
    ...(manifest?.gates.map(
      ({ gate, verdict, required }) => `gate       ${gate}: ${verdict}${required ? '' : ' (not required)'}`,
    ) ?? []),
    ...(ok && absent.length > 0 ? ['', 'not in this evidence:', ...absent] : []),
    ...(refused.length > 0 ? ['', 'left out of this evidence:', ...refused] : []),
    ...problems.flatMap(({ code, entry, message, help }) => [
      '',
      `${code} ${entry ?? ''}`.trimEnd(),
      `  ${message}`,
      `  → ${help}`,
    ]),
    '',
    ok ? 'verified' : `NOT verified: ${problems.length} problem${problems.length === 1 ? '' : 's'}`,
  ].join('\n');
}
