import { serverDatabases } from '../adapters/node-io/server-databases.ts';
import { runAction } from './action.ts';
import { gates } from './registry.ts';

void runAction({ gates, databases: serverDatabases }).then((status) => {
  process.exitCode = status;
});
