import type { Node } from 'libpg-query';
import { appendAuditStatement, lockBeneath, lockShared } from '../../../adapters/postgres/index.ts';
import { Parked, type Process, type Scheduler } from '../scheduler.ts';
import { appendAudit } from './append-audit.ts';
import { createTables, statementsOf } from './catalog.ts';
import { UnknownSql } from './expressions.ts';
import { compileStatement, type Result, type Statement } from './statements.ts';
import { Blocked, type Table, type Tuple, type Value, type Writer } from './tables.ts';

/** A connection. It has at most one transaction at a time; what it holds goes when it or its process goes. */
export class Session implements Writer {
  readonly process: Process;
  readonly touched: Tuple[] = [];
  /** Advisory locks of the open transaction. */
  readonly transactionLocks = new Set<string>();
  /** Advisory locks of the connection. */
  readonly locks = new Set<string>();
  /** What the commit brings about besides rows: jobs of the queue. */
  readonly atCommit: (() => void)[] = [];
  isLost = false;
  waitsFor: Session | null = null;
  /** Called when anything that others may wait for was given up. */
  wakers: (() => void)[] = [];

  constructor(process: Process) {
    this.process = process;
  }
}

export interface Committed {
  readonly session: Session;
  readonly changed: readonly { readonly table: string; readonly before: unknown; readonly after: unknown }[];
}

const parsed = new Map<string, { readonly node: Node; readonly label: string }>();

/**
 * A small Postgres in memory that runs the store's own SQL on the tables of its own migrations: read committed,
 * row locks, advisory locks, deadlock detection, `on conflict`, `skip locked`. What it does not know is an error.
 */
export class PostgresServer {
  readonly tables: ReadonlyMap<string, Table> = createTables();
  readonly #statements = new Map<string, Statement>();
  readonly #holders = new Map<string, { readonly session: Session; readonly since: number }>();
  readonly #sessions = new Set<Session>();
  readonly #scheduler: Scheduler;
  /** The database's clock minus virtual time, ms. */
  skew = 0;
  /** Told of every commit, before anything else happens. */
  committed: (commit: Committed) => void = () => undefined;
  /** Told of every statement that this server does not understand. */
  confused: (error: UnknownSql) => void = () => undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  open(process: Process): Session {
    const session = new Session(process);
    this.#sessions.add(session);
    return session;
  }

  close(session: Session): void {
    this.#sessions.delete(session);
    this.#end(session, false);
    this.#release(session, session.locks);
  }

  /** The connection breaks: what was not committed is undone, locks go, and the client is told at its next call. */
  lose(session: Session): void {
    session.isLost = true;
    this.close(session);
  }

  sessionsOf(process: Process): readonly Session[] {
    return [...this.#sessions].filter((session) => session.process === process);
  }

  query(session: Session, text: string, parameters: readonly Value[]): Result {
    if (session.isLost) throw connectionLost();
    // Nobody is renamed here: what many hold at once is held up by nobody.
    if (text === lockShared) return { rows: [], rowCount: 1 };
    if (text === lockBeneath || text === 'select pg_advisory_xact_lock($1)') {
      this.lockName(session, String(parameters[0]), session.transactionLocks);
      return { rows: [], rowCount: 1 };
    }
    if (text === appendAuditStatement) {
      this.lockName(session, `audit/${String(parameters[0])}`, session.transactionLocks);
      appendAudit(this.tables.get('audit') as Table, session, parameters);
      return { rows: [], rowCount: 1 };
    }
    try {
      let statement = this.#statements.get(text);
      if (statement === undefined) {
        statement = compileStatement(parse(text).node, this.tables);
        this.#statements.set(text, statement);
      }
      const result = statement({ writer: session, parameters, now: this.#scheduler.now + this.skew });
      session.waitsFor = null;
      return result;
    } catch (error) {
      if (error instanceof UnknownSql) this.confused(error);
      if (!(error instanceof Blocked)) throw error;
      return this.#wait(session, error.by as Session);
    }
  }

  /** Takes a name's lock, or parks the caller until its holder lets go. */
  lockName(session: Session, name: string, kind: Set<string>): void {
    if (session.isLost) throw connectionLost();
    const holder = this.#holders.get(name)?.session;
    if (holder !== undefined && holder !== session) this.#wait(session, holder);
    session.waitsFor = null;
    if (holder === session) return;
    this.#holders.set(name, { session, since: this.#scheduler.now });
    kind.add(name);
  }

  /** Since when somebody has the lock of a name that begins so, virtual time; null: nobody has one. */
  heldSince(prefix: string): number | null {
    for (const [name, { since }] of this.#holders) if (name.startsWith(prefix)) return since;
    return null;
  }

  commit(session: Session): void {
    if (session.isLost) throw connectionLost();
    this.#end(session, true);
  }

  rollback(session: Session): void {
    if (session.isLost) throw connectionLost();
    this.#end(session, false);
  }

  unlock(session: Session, name: string): void {
    if (session.isLost) throw connectionLost();
    this.#release(session, new Set([name]));
    session.locks.delete(name);
  }

  #end(session: Session, commit: boolean): void {
    const changed = commit
      ? session.touched
          .filter((tuple) => tuple.pending !== tuple.committed)
          .map((tuple) => ({ table: tuple.table.name, before: tuple.committed, after: tuple.pending }))
      : [];
    for (const tuple of session.touched.splice(0)) tuple.end(commit);
    this.#release(session, session.transactionLocks);
    const followUps = session.atCommit.splice(0);
    if (!commit) return;
    for (const followUp of followUps) followUp();
    if (changed.length > 0) this.committed({ session, changed });
  }

  #release(session: Session, names: Set<string>): void {
    for (const name of names) if (this.#holders.get(name)?.session === session) this.#holders.delete(name);
    names.clear();
    for (const wake of session.wakers.splice(0)) wake();
  }

  #wait(session: Session, holder: Session): never {
    for (let next: Session | null = holder; next !== null; next = next.waitsFor) {
      if (next === session) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    }
    session.waitsFor = holder;
    throw new Parked(
      (wake) => holder.wakers.push(wake),
      (wake) => session.wakers.push(wake),
    );
  }
}

/** What a statement does, in two words: `select effects`. */
export function labelOf(text: string): string {
  if (text.startsWith('select pg_advisory')) return 'lock';
  if (text === appendAuditStatement) return 'insert audit';
  return parse(text).label;
}

function parse(text: string): { readonly node: Node; readonly label: string } {
  let known = parsed.get(text);
  if (known === undefined) {
    const table = /\b(?:from|into|update)\s+(?:unnest|([a-z_]+))/.exec(text)?.[1] ?? '';
    const verb = text.trimStart().split(/\s/, 1)[0] ?? '';
    known = { node: statementsOf(text)[0] as Node, label: `${verb} ${table}` };
    parsed.set(text, known);
  }
  return known;
}

function connectionLost(): Error {
  return Object.assign(new Error('Connection terminated unexpectedly'), { code: '08006' });
}
