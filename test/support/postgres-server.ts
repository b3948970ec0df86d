import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { throwawayDatabases } from '../../adapters/embedded-postgres/index.ts';
import { silentLog } from '../../core/ports/system.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseBroker: string;
  }
}

/**
 * One Postgres for the whole test run, started by the first test that asks the broker for a database: runs
 * that need none pay nothing. Without fsync: nothing in it outlives the run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const databases = throwawayDatabases({ log: silentLog });
  const broker = createServer((_request, response) => {
    databases.create().then(
      async (database) => {
        response.end(database.url);
      },
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
