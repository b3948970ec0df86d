import type { Database } from '../../../adapters/postgres/index.ts';
import type { Decider } from '../../../app/flow/decide.ts';
import { sessionOf, useSession } from '../postgres/client.ts';
import type { Parts } from '../replica.ts';

/** A defect that somebody might write, put in front of the parts of a process. */
export interface PlantedBug {
  readonly name: string;
  readonly plant: (parts: Parts) => Parts;
}

export type Decide = Decider['decide'];

/** Statements of the store as somebody else might have written them; null: as they are. */
export function withSql(parts: Parts, rewrite: (text: string) => string | null): Parts {
  const change =
    (query: Database['query']): Database['query'] =>
    (text, values) =>
      query(rewrite(text) ?? text, values);
  const { database } = parts;
  const transaction: Database['transaction'] = (work) =>
    database.transaction((tx) => work(useSession({ ...tx, query: change(tx.query) }, sessionOf(tx))));
  return { ...parts, database: { ...database, query: change(database.query), transaction } };
}

/** What is decided, as somebody else might have decided it. */
export function withDecider(parts: Parts, change: (decide: Decide) => Decide): Parts {
  return { ...parts, decider: { ...parts.decider, decide: change(parts.decider.decide) } };
}

/** Requests to GitHub, as somebody else might have sent them. */
export function withRequests(
  parts: Parts,
  change: (request: Parts['wire']['request']) => Parts['wire']['request'],
): Parts {
  return { ...parts, wire: { request: change(parts.wire.request) } };
}
