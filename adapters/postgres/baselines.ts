import type { PromotedResult } from '../../core/gate/baseline.ts';
import type { GateName } from '../../core/gate/names.ts';
import type { BaselineOf } from '../../core/ports/baselines.ts';
import type { Sql } from './sql.ts';

/**
 * The results of a gate that the latest promoted releases were promoted with, oldest first. Promoted is a release
 * whose evidence was published as GA; the result is the one its state names, whatever was submitted later.
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
         select result_sha256, result from gate_results
          where repository = a.repository and sha = a.sha and gate = $2 and verdict in ('pass', 'warn')
            and result_sha256 = a.state #>> array['gates', $2, 'resultSha256']
            and result #>> '{measurements,measured,service}' = $3
            and result #>> '{measurements,measured,environment}' = $4
          limit 1
       ) r
      where a.kind = 'release' and a.repository = $1
        and a.state #>> '{finishing,outcome}' = 'ga' and a.state #>> '{finishing,stage}' = 'done'
      order by (a.state ->> 'phaseSince')::bigint desc, a.key desc limit $5`,
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
