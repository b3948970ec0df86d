import type { Finding } from '../../../core/gate/result.ts';
import { applyWaivers, coversFinding } from '../../../core/gate/waivers.ts';
import type { Exception } from '../options.ts';

/** One line of the ledger, and how often it was needed in this run. */
export interface ExceptionUse {
  readonly code: string;
  readonly path: string | null;
  readonly owner: string;
  readonly expires: string;
  readonly uses: number;
}

/**
 * Applies the ledger of exceptions to what the policies object to. An exception that ran out, of time or of uses, is an
 * error; of time whether it is still needed or not: a ledger is kept, not forgotten. `now` in ms since the epoch.
 */
export function applyExceptions(
  objections: readonly Finding[],
  exceptions: readonly Exception[],
  now: number,
): { readonly findings: readonly Finding[]; readonly ledger: readonly ExceptionUse[] } {
  const today = new Date(now).toISOString().slice(0, 10);
  const uses = new Map(exceptions.map((exception) => [exception, 0]));
  const findings = objections.flatMap((objection) => {
    const covering = exceptions.find(
      (one) => one.expires >= today && objection.level !== 'notice' && coversFinding(one, objection),
    );
    if (covering === undefined) return [objection];
    const count = (uses.get(covering) ?? 0) + 1;
    uses.set(covering, count);
    return count > (covering.max_uses ?? count) ? [objection] : applyWaivers([objection], [covering], now);
  });
  return {
    findings: [
      ...findings,
      ...exceptions.filter(({ expires }) => expires < today).map(expiredFinding),
      ...exceptions.flatMap((exception) => exhaustedFinding(exception, uses.get(exception) ?? 0)),
    ],
    ledger: exceptions.map((exception) => ({
      code: exception.code,
      path: exception.path ?? null,
      owner: exception.owner,
      expires: exception.expires,
      uses: uses.get(exception) ?? 0,
    })),
  };
}

function expiredFinding(exception: Exception): Finding {
  return {
    code: 'exception-expired',
    level: 'error',
    message: `${named(exception)} ended on ${exception.expires}.`,
    help: 'Take it out of gates.policy.exceptions, or have its owner renew it on the base branch.',
  };
}

function exhaustedFinding(exception: Exception, uses: number): readonly Finding[] {
  const { max_uses: limit } = exception;
  if (limit === undefined || uses <= limit) return [];
  return [
    {
      code: 'exception-exhausted',
      level: 'error',
      message: `${named(exception)} is for ${limit}, and ${uses} objections need it.`,
      help: 'Correct the others, or have its owner raise max_uses on the base branch.',
    },
  ];
}

function named({ owner, code, path }: Exception): string {
  return `The exception of ${owner} for \`${code}\`${path === undefined ? '' : ` in ${path}`}`;
}
