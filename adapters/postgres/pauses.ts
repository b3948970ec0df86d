import type { Pauses } from '../../core/ports/pauses.ts';
import type { Sql } from './sql.ts';

/** What GitHub asked one of its accounts: an installation (its id), or the App itself (`app`). */
export function storedPauses(sql: Sql, account: number | 'app'): Pauses {
  return {
    async until() {
      const { rows } = await sql.query<{ until: Date }>(
        'select until from github_pauses where account = $1',
        [String(account)],
      );
      return rows[0]?.until.getTime() ?? 0;
    },
    async remember(until) {
      await sql.query(
        `insert into github_pauses (account, until) values ($1, $2)
         on conflict (account) do update set until = excluded.until where github_pauses.until < excluded.until`,
        [String(account), new Date(until)],
      );
    },
  };
}
