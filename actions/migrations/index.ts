import '../one-shot.ts';
import { serverDatabases } from '../../adapters/node-io/server-databases.ts';
import { runAction } from '../action.ts';
import { migrationsGate } from './gate.ts';

process.exitCode = await runAction({ gates: [migrationsGate], databases: serverDatabases });
