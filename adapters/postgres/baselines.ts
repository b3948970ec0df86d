import type { PromotedResult } from '../../core/gate/baseline.ts';
import type { GateName } from '../../core/gate/names.ts';
import type { BaselineOf } from '../../core/ports/baselines.ts';
import type { Sql } from './sql.ts';

/**
 * The results of a gate that the latest promoted releases were promoted with, oldest first. Promoted is a release whose
 * evidence was published as GA and that was not rolled back since; its result is the newest that had come when that
 * evidence was packed, whatever was submitted later.
 */
export async function promotedResults(
  sql: Sql,
  repository: string,
  gate: GateName,
  of: BaselineOf,
  limit: number,
): Promise<readonly PromotedResult[]> {
  const { rows } = await sql.query<{
    tag: string;
    sha: string;
    result_sha256: string;
    finished_at: string;
    measured: unknown;
  }>(
    `select a.key as tag, a.sha, r.result_sha256, r.result ->> 'finished_at' as finished_at,
            r.result #> '{measurements,measured}' as measured
       from aggregates a
       cross join lateral (
         select created_at from effects
          where repository = a.repository and aggregate_kind = a.kind and aggregate_key = a.key
            and kind = 'packEvidence' and effect #>> '{facts,outcome}' = 'ga'
          order by seq desc limit 1
       ) packed
       cross join lateral (
         select result_sha256, result, verdict from gate_results
          where repository = a.repository and sha = a.sha and gate = $2 and received_at <= packed.created_at
          order by run_id desc, run_attempt desc, received_at desc limit 1
       ) r
      where a.kind = 'release' and a.repository = $1 and r.verdict in ('pass', 'warn')
        and a.state #>> '{finishing,outcome}' = 'ga' and a.state #>> '{finishing,stage}' = 'done'
        and r.result #>> '{measurements,measured,service}' = $3
        and r.result #>> '{measurements,measured,environment}' = $4
      order by packed.created_at desc limit $5`,
    [repository, gate, of.service, of.environment, limit],
  );
  return rows.reverse().map(({ tag, sha, result_sha256, finished_at, measured }) => ({
    tag,
    sha,
    resultSha256: result_sha256,
    finishedAt: finished_at,
    measured,
  }));
}
