import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { throwawayDatabases } from '../../adapters/embedded-postgres/index.ts';
import { readEnvironment } from '../../app/environment.ts';
import { openStore } from '../../app/store.ts';
import type { ThrowawayDatabases } from '../../core/ports/database.ts';
import { silentLog } from '../../core/ports/system.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseBroker: string;
  }
}

/**
 * One Postgres for the whole test run, started by the first test that asks the broker for a database: runs
 * that need none pay nothing. Without fsync: nothing in it outlives the run. `/empty` gives an empty database,
 * `/schema` a copy of one that the app has opened before, which takes a third of the time of opening an empty one.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const databases = throwawayDatabases({ log: silentLog });
  let opened: Promise<string> | undefined;
  const create = async (kind: string): Promise<string> => {
    if (kind !== '/schema') return (await databases.create()).url;
    opened ??= openOnce(databases);
    return copyOf(await opened);
  };
  const broker = createServer((request, response) => {
    create(request.url ?? '').then(
      (url) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  project.provide('databaseBroker', `http://127.0.0.1:${(broker.address() as AddressInfo).port}`);
  return async () => {
    broker.closeAllConnections();
    broker.close();
    await databases.close();
  };
}

/** A database with the app's schema and queues, and nothing in them. Nobody is connected to it. */
async function openOnce(databases: ThrowawayDatabases): Promise<string> {
  const { url } = await databases.create();
  const store = await openStore(readEnvironment({ DATABASE_URL: url }), silentLog);
  await store.close();
  return url;
}

async function copyOf(url: string): Promise<string> {
  const copy = `copy_${randomBytes(8).toString('hex')}`;
  const at = (name: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  const client = new pg.Client({ connectionString: at('postgres') });
  await client.connect();
  const original = new URL(url).pathname.slice(1);
  await client
    .query(`create database ${copy} template ${original} strategy file_copy`)
    .finally(() => client.end());
  return at(copy);
}
