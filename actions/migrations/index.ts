import { serverDatabases } from '../../adapters/node-io/server-databases.ts';
import { runAction } from '../action.ts';
import { migrationsGate } from './gate.ts';

void runAction({ gates: [migrationsGate], databases: serverDatabases }).then((status) => {
  process.exitCode = status;
});
