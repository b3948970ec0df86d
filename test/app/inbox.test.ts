import { expect, it } from 'vitest';
import { type InboxPorts, processDelivery } from '../../app/flow/inbox.ts';
import { silentLog } from '../../core/ports/system.ts';

const row = {
  guid: 'g',
  event: 'push',
  repository: null,
  payload: '{}',
  attempts: 0,
  received_at: new Date(0),
};

/** A delivery that is open when it is read; who claims it finds it open still, or taken by another replica. */
async function statementsOf(isOpen: boolean): Promise<readonly string[]> {
  const statements: string[] = [];
  const query = async (text: string) => {
    statements.push(text);
    return { rows: isOpen && text.includes('skip locked') ? [row] : [] };
  };
  const database = {
    exclusively: (_name: string, work: () => Promise<void>) => work(),
    query: async () => ({ rows: [row] }),
    transaction: (work: (tx: object) => Promise<void>) => work({ query, last: query }),
  };
  const interpret = async () => ({ outcome: 'seen', events: [] });
  const ports = { database, interpret, now: () => 1, log: silentLog, processed: () => undefined };
  await processDelivery('g', ports as unknown as InboxPorts);
  return statements;
}

it('a delivery that another replica has processed meanwhile changes nothing a second time', async () => {
  expect(await statementsOf(false)).toEqual([expect.stringContaining('skip locked')]);
  expect((await statementsOf(true)).join('\n')).toContain('update deliveries');
});
