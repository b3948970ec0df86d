import { describe, expect, it, onTestFinished } from 'vitest';
import { expectEachSideEffectOnce, load, promoteToTheEnd, stage } from './story.ts';
import { commitFiles, repository, startWorld, submit, type World } from './world.ts';

/**
 * Lets the database fail in the middle of storing evidence: at first its disk is full, then the connection goes away
 * under the statement, in turns, `times` in all. A sequence counts, because it stands outside of transactions.
 */
async function failStoring({ query }: World, times: number): Promise<void> {
  await query('create sequence failures');
  await query(`create function fail_storing() returns trigger language plpgsql as $$
    declare n bigint := nextval('failures');
    begin
      if n > ${times} then return new; end if;
      if n % 2 = 0 then perform pg_terminate_backend(pg_backend_pid()); end if;
      raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
    end $$`);
  await query(
    'create trigger fail_storing before insert on evidence_pieces for each row execute function fail_storing()',
  );
}

describe('a full disk and a lost database connection', () => {
  it('in the middle of storing a decision or its evidence delay a release, which goes on by itself', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    onTestFinished(load(world, 'v1.0.0', 'v1.1.0', 0));
    await failStoring(world, 2);
    await promoteToTheEnd(world, 'v1.1.0', issue);
    await expectEachSideEffectOnce(world, 'v1.1.0');
  });

  it('in the middle of intake store nothing, say what to do, and let the same result in afterwards', async () => {
    const world = await startWorld();
    const sha = await commitFiles(world.alice, 'feature', { 'a.txt': 'a' });
    await world.alice.rest.pulls.create({ ...repository, head: 'feature', base: 'main', title: 'a' });
    await failStoring(world, 2);
    const send = () => submit(world, { gate: 'slo', sha });
    for (const code of ['DISK_FULL', 'DATABASE_UNAVAILABLE']) {
      const refused = await send();
      expect(await refused.json()).toMatchObject({ code });
      expect(refused.status).toBe(503);
      expect(await world.query('select 1 from gate_results')).toEqual([]);
      expect(await world.query('select 1 from evidence_files')).toEqual([]);
    }
    expect((await send()).status).toBe(202);
    expect(await world.query('select 1 from gate_results')).toHaveLength(1);
  });
});
