export { type RunningPostgres, startPostgres } from './start.ts';
export { type ThrowawayServer, throwawayDatabases } from './throwaway.ts';
