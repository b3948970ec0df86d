export { type RunningPostgres, runningPostgres, startPostgres } from './start.ts';
export { type ThrowawayServer, throwawayDatabases } from './throwaway.ts';
