import type { OrganisationSight } from '../../core/ports/organisation-sight.ts';
import type { Sql } from './sql.ts';

/** Where the config of this organisation was last read. `repository`: `acme/.github`. */
export function storedOrganisationSight(sql: Sql, repository: string): OrganisationSight {
  return {
    async lastCommit() {
      const { rows } = await sql.query<{ commit: string }>(
        'select commit from organisation_sights where repository = $1',
        [repository],
      );
      return rows[0]?.commit ?? null;
    },
    async found(commit) {
      await sql.query(
        `insert into organisation_sights (repository, commit) values ($1, $2)
         on conflict (repository) do update set commit = excluded.commit`,
        [repository, commit],
      );
    },
    async takenBack(commit) {
      await sql.query('delete from organisation_sights where repository = $1 and commit = $2', [
        repository,
        commit,
      ]);
    },
  };
}
