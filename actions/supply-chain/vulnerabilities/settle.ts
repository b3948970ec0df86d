import type { Finding } from '../../../core/gate/result.ts';
import { describe } from './describe.ts';
import { sameAdvisory } from './identity.ts';
import type { Vulnerability } from './model.ts';
import type { AdvisoryWaiver, VulnerabilityOptions } from './options.ts';
import { excuses, statementFor } from './vex/apply.ts';
import type { VexRead } from './vex/statement.ts';

/** A weakness that does not count, and who says so. */
export interface Accepted {
  readonly vulnerability: Vulnerability;
  readonly by: 'vex' | 'waiver';
  readonly reason: string;
}

export interface Settled {
  readonly open: readonly Vulnerability[];
  readonly accepted: readonly Accepted[];
  readonly findings: readonly Finding[];
}

/** Takes out of a merged list what VEX statements and waivers that hold speak of, and says what they fail to excuse. */
export function settle(
  found: readonly Vulnerability[],
  options: VulnerabilityOptions,
  vex: readonly VexRead[],
  now: number,
): Settled {
  const statements = vex.flatMap((read) => (read.ok ? read.statements : []));
  const today = new Date(now).toISOString().slice(0, 10);
  const open: Vulnerability[] = [];
  const accepted: Accepted[] = [];
  const findings: Finding[] = [];
  const expired = new Set<AdvisoryWaiver>();
  for (const one of found) {
    const statement = statementFor(one, statements, options.products);
    const covering = options.waivers.filter((waiver) => covers(waiver, one));
    const waiver = covering.find(({ expires }) => expires >= today);
    if (statement !== null && excuses(statement)) {
      accepted.push({ vulnerability: one, by: 'vex', reason: `${statement.status}: ${statement.reason}` });
      findings.push(
        acceptedFinding(one, `${statement.path} says ${statement.status}: ${statement.reason || 'repaired'}`),
      );
    } else if (waiver !== undefined) {
      accepted.push({ vulnerability: one, by: 'waiver', reason: waiver.reason });
      findings.push(
        acceptedFinding(one, `waived by ${waiver.owner} until ${waiver.expires}: ${waiver.reason}`),
      );
    } else {
      open.push(one);
      for (const old of covering) expired.add(old);
      if (statement?.status === 'not_affected') findings.push(unreasoned(one, statement.path));
    }
  }
  return { open, accepted, findings: [...findings, ...[...expired].map(expiredFinding)] };
}

function covers({ advisory, package: name }: AdvisoryWaiver, one: Vulnerability): boolean {
  if (!sameAdvisory([advisory], one.ids)) return false;
  return name === undefined || name === one.package || name === `${one.package}@${one.version}`;
}

function acceptedFinding(one: Vulnerability, why: string): Finding {
  return {
    code: 'vulnerability-accepted',
    level: 'notice',
    message: `${describe(one)} does not count; ${why}`,
    help: 'Nothing to do while this holds.',
  };
}

function unreasoned(one: Vulnerability, path: string): Finding {
  return {
    code: 'vex-without-reason',
    level: 'warning',
    message: `${path} says that ${describe(one)} does not matter, but not why: it counts.`,
    help: 'Add a justification or an impact statement.',
    path,
  };
}

function expiredFinding({ advisory, owner, expires }: AdvisoryWaiver): Finding {
  return {
    code: 'waiver-expired',
    level: 'error',
    message: `The waiver of ${owner} for ${advisory} ended on ${expires}.`,
    help: 'Repair what it covered, or have its owner renew it on the base branch.',
  };
}
