import { z } from 'zod';
import type { Finding } from '../../../core/gate/result.ts';
import type { TlsFacts } from '../../../core/ports/tls.ts';

const versions = ['TLSv1.2', 'TLSv1.3'] as const;

/** What the certificate of a golden path must be, besides valid for its host. */
export const tlsSchema = z.strictObject({
  days_left: z.int().min(0).max(3_650).optional().describe('It must be valid for so many days more'),
  min_version: z.enum(versions).optional().describe('The protocol must not be older'),
});
export type TlsExpectation = z.infer<typeof tlsSchema>;

/** What a probe saw of TLS. `none`: plain http. `unseen`: nobody could look. */
export type TlsSeen =
  | { readonly state: 'none' }
  | { readonly state: 'unseen' }
  | { readonly state: 'seen'; readonly facts: TlsFacts };

const day = 86_400_000;
/** Time enough to renew by hand what did not renew itself. */
const warnDays = 14;

/** Everything about the certificate that is not as expected; `now` in ms since the epoch. */
export function checkTls(
  expected: TlsExpectation | undefined,
  seen: TlsSeen,
  now: number,
): readonly string[] {
  switch (seen.state) {
    case 'none':
      return expected === undefined ? [] : ['answers over plain http, expected TLS'];
    case 'unseen':
      return expected === undefined ? [] : ['the certificate could not be read'];
    case 'seen': {
      const { problem, protocol, validTo } = seen.facts;
      const problems = problem === null ? [] : [`certificate not valid: ${reasonOf(problem)}`];
      const left = daysLeft(seen.facts, now);
      if (expected?.days_left !== undefined && left < expected.days_left) {
        problems.push(
          `certificate ends on ${new Date(validTo).toISOString().slice(0, 10)}, in ${left} days; expected at least ${expected.days_left}`,
        );
      }
      if (expected?.min_version !== undefined && !isAtLeast(protocol, expected.min_version)) {
        problems.push(`speaks ${protocol ?? 'no TLS'}, expected ${expected.min_version} or newer`);
      }
      return problems;
    }
  }
}

/** One warning a certificate, where nobody asked for a number of days. */
export function expiryWarnings(
  probes: readonly {
    readonly expected: TlsExpectation | undefined;
    readonly seen: TlsSeen;
    readonly at: number;
  }[],
  file: string,
): readonly Finding[] {
  const warned = new Map<string, Finding>();
  for (const { expected, seen, at } of probes) {
    if (seen.state !== 'seen' || seen.facts.problem !== null || expected?.days_left !== undefined) continue;
    const left = daysLeft(seen.facts, at);
    if (left >= warnDays) continue;
    const { subject, names, sha256, validTo } = seen.facts;
    warned.set(sha256, {
      code: 'certificate-expiring',
      level: 'warning',
      message: `the certificate of ${names || subject} ends on ${new Date(validTo).toISOString().slice(0, 10)}, in ${left} days`,
      help: 'Renew it; `tls.days_left` in the golden paths makes this a failure.',
      path: file,
      data: { days_left: left, sha256 },
    });
  }
  return [...warned.values()];
}

/** Whole days from `now` until the certificate ends; negative when it has ended. */
export function daysLeft({ validTo }: TlsFacts, now: number): number {
  return Math.floor((validTo - now) / day);
}

function isAtLeast(protocol: string | null, wanted: (typeof versions)[number]): boolean {
  return versions.slice(versions.indexOf(wanted)).some((version) => version === protocol);
}

const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody known signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'nobody known signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the chain to a known authority is incomplete',
  CERT_REVOKED: 'it is revoked',
};

/** Words for the reason of a refusal, with the code of OpenSSL or Node. */
export function reasonOf(code: string): string {
  return reasons[code] === undefined ? code : `${reasons[code]} (${code})`;
}

/** The code when a call failed because of the certificate and nothing else; null otherwise. */
export function certificateProblem(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && (code in reasons || /^(CERT|UNABLE_TO|ERR_TLS_CERT)_/.test(code))) return code;
  }
  return null;
}
