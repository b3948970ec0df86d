import type { Finding } from '../../../core/gate/result.ts';
import { applyWaivers, type Waiver } from '../../../core/gate/waivers.ts';

/**
 * Applies the ledger of exceptions to what the policies object to. An exception that ran out is an error whether it
 * is still needed or not: a ledger is kept, not forgotten. `now` in ms since the epoch.
 */
export function applyExceptions(
  objections: readonly Finding[],
  exceptions: readonly Waiver[],
  now: number,
): { readonly findings: readonly Finding[]; readonly used: number } {
  const today = new Date(now).toISOString().slice(0, 10);
  const valid = exceptions.filter(({ expires }) => expires >= today);
  const findings = applyWaivers(objections, valid, now);
  const expired = exceptions.filter((exception) => !valid.includes(exception)).map(expiredFinding);
  return {
    findings: [...findings, ...expired],
    used: findings.filter(({ data }) => data?.waived === true).length,
  };
}

function expiredFinding({ code, path, owner, expires }: Waiver): Finding {
  return {
    code: 'exception-expired',
    level: 'error',
    message: `The exception of ${owner} for \`${code}\`${path === undefined ? '' : ` in ${path}`} ended on ${expires}.`,
    help: 'Take it out of gates.policy.exceptions, or have its owner renew it on the base branch.',
  };
}
