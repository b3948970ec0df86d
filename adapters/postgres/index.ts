export * from './aggregates.ts';
export * from './audit.ts';
export { type Backlog, readBacklog } from './backlog.ts';
export { promotedResults } from './baselines.ts';
export { type SharedClock, sharedClock } from './clock.ts';
export { postgresContents } from './contents.ts';
export * from './deliveries.ts';
export * from './effects.ts';
export * from './evidence.ts';
export {
  adoptRepository,
  formerNames,
  type KnownRepository,
  type Renamed,
  renameRepository,
  repositoryAt,
  repositoryById,
} from './identity.ts';
export { migrate } from './migrate.ts';
export { storedOrganisationSight } from './organisation-sights.ts';
export { storedPauses } from './pauses.ts';
export { connect, type Database, lockBeneath, lockName, lockShared } from './pool.ts';
export * from './repositories.ts';
export * from './runs.ts';
export type { Sql, Transaction } from './sql.ts';
export * from './step-ups.ts';
export * from './sweeps.ts';
