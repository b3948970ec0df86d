export * from './aggregates.ts';
export * from './audit.ts';
export * from './deliveries.ts';
export * from './effects.ts';
export * from './evidence.ts';
export { migrate } from './migrate.ts';
export { connect, type Database, lockName } from './pool.ts';
export * from './repositories.ts';
export type { Sql, Transaction } from './sql.ts';
