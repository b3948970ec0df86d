import type { Database, Sql, Transaction } from '../../../adapters/postgres/index.ts';
import { Parked, type Process, type Scheduler } from '../scheduler.ts';
import { labelOf, type PostgresServer, type Session } from './server.ts';

type Query = Sql['query'];

/** Transactions and pools of the simulation, and the connection that each of them uses. */
const sessions = new WeakMap<object, Session>();

export function sessionOf(sql: object): Session | undefined {
  return sessions.get(sql);
}

/** Makes `sql` stand for the transaction of a connection. */
export function useSession<T extends object>(sql: T, session: Session | undefined): T {
  if (session !== undefined) sessions.set(sql, session);
  return sql;
}

/** How often an answer takes so long that others do much in between. */
const slow = 0.01;

/** The pool of one process. Every round trip to the server is a step of its own. */
export function simulatedDatabase(server: PostgresServer, scheduler: Scheduler, process: Process): Database {
  const latency = (): number => {
    if (scheduler.chance(slow)) return scheduler.between(50, 400);
    return scheduler.chance(0.2) ? scheduler.between(1, 5) : 0;
  };
  const call = <T>(label: string, action: () => T): Promise<T> =>
    scheduler.call(process, `db ${label}`, action, latency);

  const queryOn =
    (session: Session): Query =>
    (text, values = []) =>
      call(labelOf(text), () => server.query(session, text, values)) as never;

  const transaction = async <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> => {
    const session = await call('begin', () => server.open(process));
    const tx: Transaction = { inTransaction: true, query: queryOn(session) };
    sessions.set(tx, session);
    try {
      const result = await work(tx);
      await call('commit', () => server.commit(session));
      return result;
    } catch (error) {
      await call('rollback', () => server.rollback(session)).catch(() => undefined);
      throw error;
    } finally {
      server.close(session);
    }
  };

  /** A statement outside of a transaction is one by itself. */
  const autocommit: Query = (text, values = []) => {
    const session = server.open(process);
    return call(labelOf(text), () => {
      try {
        const result = server.query(session, text, values);
        server.commit(session);
        server.close(session);
        return result;
      } catch (error) {
        if (!(error instanceof Parked)) server.close(session);
        throw error;
      }
    }) as never;
  };

  return {
    query: autocommit,
    transaction,
    exclusively: async (name, work) => {
      const session = server.open(process);
      try {
        await call(`lock ${name.split('/', 1)[0]}`, () => server.lockName(session, name, session.locks));
        return await work();
      } finally {
        await call('unlock', () => server.unlock(session, name)).catch(() => undefined);
        server.close(session);
      }
    },
    close: async () => undefined,
  };
}
