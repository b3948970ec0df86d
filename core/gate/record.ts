import type { GateReport } from '../flow/event.ts';
import { type GateRisk, risksOf } from '../notes/risks.ts';
import { isPassing, type Verdict } from './result.ts';

/** What is remembered of a gate's newest result for one commit. */
export interface GateRecord {
  readonly verdict: Verdict;
  readonly summary: string;
  readonly sha: string;
  readonly resultSha256: string;
  /** ms since the epoch. */
  readonly finishedAt: number;
  readonly receivedAt: number;
  readonly runId: number | null;
  readonly runAttempt: number | null;
  /** It came in an artifact, without the identity of a job. Absent: in states of before, and for all others. */
  readonly fromArtifact?: boolean;
  /** A re-run was asked for: the verdict no longer counts, only a newer run replaces it. */
  readonly superseded: boolean;
  /** Why GitHub did not run it again when that was asked for; absent: it did, or nobody asked. */
  readonly rerunRefused?: string;
  /** What the release notes tell of it. */
  readonly risks?: readonly GateRisk[];
}

export function recordOf(report: GateReport): GateRecord {
  const { result, origin } = report;
  const risks = risksOf(result);
  return {
    verdict: result.verdict,
    summary: result.summary,
    sha: result.subject.sha,
    resultSha256: report.resultSha256,
    finishedAt: Date.parse(result.finished_at),
    receivedAt: origin.receivedAt,
    runId: origin.runId ?? null,
    runAttempt: origin.runAttempt ?? null,
    ...(origin.via === 'artifact' ? { fromArtifact: true } : {}),
    superseded: false,
    ...(risks.length === 0 ? {} : { risks }),
  };
}

/**
 * Whether `next` replaces `current`: the newer attempt of a run, the newer run (run ids of a repository rise),
 * else the later end. The same result again, or an older one that arrives late, never does; at equal age a
 * result may only make the verdict worse, so that nobody turns red into green by repeating a run's submission.
 * What a job vouched for with its token is never replaced by what a run left in an artifact.
 */
export function supersedes(next: GateRecord, current: GateRecord | undefined): boolean {
  if (current === undefined) return true;
  if (next.resultSha256 === current.resultSha256) return false;
  const wasFromArtifact = current.fromArtifact ?? false;
  if ((next.fromArtifact ?? false) !== wasFromArtifact) return wasFromArtifact;
  if (next.runId !== null && current.runId !== null) {
    if (next.runId !== current.runId) return next.runId > current.runId;
    const attempts = (next.runAttempt ?? 1) - (current.runAttempt ?? 1);
    if (attempts !== 0) return attempts > 0;
    return !current.superseded && isPassing(current.verdict) && !isPassing(next.verdict);
  }
  return next.finishedAt > current.finishedAt;
}

/** The verdict that counts now; null while there is none. */
export function countingVerdict(record: GateRecord | undefined): Verdict | null {
  return record === undefined || record.superseded ? null : record.verdict;
}
