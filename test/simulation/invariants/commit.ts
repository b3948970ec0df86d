import type { AuditEntry } from '../../../core/audit/entry.ts';
import { checkReplay } from '../../../core/canary/replay-check.ts';
import { isPassing, type Verdict } from '../../../core/gate/result.ts';
import { hasEnded } from '../../../core/release/phase.ts';
import type { ReleaseState } from '../../../core/release/state.ts';
import { isTransition, transitions } from '../../../core/release/transitions.ts';
import type { Row } from '../postgres/tables.ts';
import type { World } from '../world.ts';
import { auditOnlyGrows, auditTellsEachChangeOnce } from './audit.ts';
import type { CommitView, Finding } from './finding.ts';
import { headsNeverGoBack, storedResultsCount } from './results.ts';

/** A step to production, and to the stage, begins only while every required gate's newest result for the sha passed. */
export function gatesAreGreen({ world, releases }: CommitView): Finding {
  for (const { before, after } of releases) {
    const begins = ['staging', 'shifting'].includes(after.phase) && before?.phase !== after.phase;
    if (!begins || (after.phase === 'staging' && before?.phase === 'verifying')) continue;
    for (const gate of after.plan?.config.required_gates ?? []) {
      const verdict = newestVerdict(world, after.sha, gate);
      if (verdict === null || !isPassing(verdict)) {
        return `${after.tag} begins ${after.phase} while ${gate} is ${verdict ?? 'missing'} for ${after.sha}`;
      }
    }
  }
  return null;
}

function newestVerdict(world: World, sha: string, gate: string): Verdict | null {
  const results = world.rows('gate_results').filter((row) => row.sha === sha && row.gate === gate);
  return (
    (results.toSorted((a, b) => Number(b.run_id) - Number(a.run_id))[0]?.verdict as Verdict | undefined) ??
    null
  );
}

/** At most one release of the repository owns the way to production. */
export function oneRelease({ world }: CommitView): Finding {
  const active = world.releases().filter(({ occupies }) => occupies);
  return active.length > 1
    ? `${active.map(({ tag, phase }) => `${tag} (${phase})`).join(' and ')} are both under way`
    : null;
}

/** The numbers that fence off older orders never fall. */
export function fencesRise({ releases }: CommitView): Finding {
  for (const { before, after } of releases) {
    for (const [series, n] of Object.entries(before?.counters ?? {})) {
      if ((after.counters[series] ?? 0) < n)
        return `${after.tag}: ${series} fell from ${n} to ${after.counters[series]}`;
    }
  }
  return null;
}

/** Every change of phase follows the arrows of the table; one commit may take a few of them. */
export function phasesFollowTheTable({ releases }: CommitView): Finding {
  for (const { before, after } of releases) {
    const from = before?.phase ?? 'new';
    if (from !== after.phase && !leadsTo(from, after.phase, 3))
      return `${after.tag} went from ${from} to ${after.phase}`;
  }
  return null;
}

function leadsTo(from: ReleaseState['phase'], to: ReleaseState['phase'], arrows: number): boolean {
  if (isTransition(from, to)) return true;
  if (arrows <= 1) return false;
  return transitions.some((arrow) => arrow.from === from && leadsTo(arrow.to, to, arrows - 1));
}

/** What has ended stays so. */
export function endedStaysEnded({ releases }: CommitView): Finding {
  for (const { before, after } of releases) {
    if (before !== null && hasEnded(before.phase) && after.phase !== before.phase) {
      return `${after.tag} came back from ${before.phase} to ${after.phase}`;
    }
  }
  return null;
}

/** A breach is answered by an order to roll back in the very commit that records it. */
export function breachOrdersRollback({ releases }: CommitView): Finding {
  for (const { after } of releases) {
    const isBreach = after.measuring?.verdict === 'rollback' && after.measuring.step > 0;
    if (isBreach && after.plan?.previous !== null && ['soaking', 'finishing'].includes(after.phase)) {
      return `${after.tag} is ${after.phase} at ${after.weight} % although the judge says roll back`;
    }
  }
  return null;
}

/** Every verdict of a step that is left can be computed again from what was kept of it, to the byte. */
export function judgeReplayIsEqual({ releases }: CommitView): Finding {
  for (const { before, after } of releases) {
    if (before?.canaryRecords === after.canaryRecords) continue;
    const known = new Set(before?.canaryRecords.map(({ step, data }) => `${step} ${JSON.stringify(data)}`));
    for (const { record = null, ...kept } of after.canaryRecords) {
      if (known.has(`${kept.step} ${JSON.stringify(kept.data)}`)) continue;
      const [difference] = checkReplay({ ...kept, record }).differences;
      if (difference !== undefined) return `${after.tag} at step ${kept.step}: ${difference}`;
    }
  }
  return null;
}

/** A command is decided once, however often its delivery comes and whatever is done again. */
export function commandsCountOnce({ world, commit }: CommitView): Finding {
  const decision = (row: Row): string | null => {
    const { action, data } = row.entry as AuditEntry;
    const name = /^command\.([a-z]+)(?:\.refused)?$/.exec(action)?.[1];
    return name === undefined || !data.url ? null : `${name} ${data.url}`;
  };
  const isNew = commit.changed.some(
    ({ table, before, after }) => table === 'audit' && before === null && decision(after as Row) !== null,
  );
  if (!isNew) return null;
  const all = world.rows('audit').flatMap((row) => decision(row) ?? []);
  const twice = all.find((one, index) => all.indexOf(one) !== index);
  return twice === undefined ? null : `the command ${twice} was decided twice`;
}

export const commitInvariants = [
  gatesAreGreen,
  storedResultsCount,
  headsNeverGoBack,
  oneRelease,
  fencesRise,
  phasesFollowTheTable,
  endedStaysEnded,
  breachOrdersRollback,
  auditTellsEachChangeOnce,
  auditOnlyGrows,
  judgeReplayIsEqual,
  commandsCountOnce,
] as const;
