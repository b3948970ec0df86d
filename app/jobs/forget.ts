import { type Database, forgetPayloads, forgetRuns } from '../../adapters/postgres/index.ts';

const day = 86_400_000;
/** GitHub sends a delivery again for three days: after them nobody asks for its payload. */
const payloadsFor = 3 * day;
/** A pull request of a run that ended is known within minutes; a tag may be pushed some days later. */
const runsFor = 30 * day;

/** Removes what nobody will ask for any more. `now` is ms since the epoch. */
export async function forgetWhatIsOver(database: Database, now: number): Promise<void> {
  await forgetPayloads(database, now - payloadsFor);
  await forgetRuns(database, now - runsFor);
}
