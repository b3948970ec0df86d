export { commitInvariants } from './commit.ts';
export {
  happensOnce,
  mayNotRise,
  noOrderAfterRollback,
  publishedIsReleased,
  trafficFollowsTheSteps,
} from './github.ts';
export {
  auditChainHolds,
  comesToRest,
  deliveriesEnd,
  everyCommandIsAnswered,
  githubShowsTheLatest,
  trafficIsWhatTheReleaseSays,
} from './rest.ts';
export {
  changesAreAsOnGithub,
  changesFollowGithub,
  nothingWaitsForEver,
  runsOfForksAreCollected,
} from './results.ts';
export { lostDeliveriesAreFound, rollbackIsConfirmed, rollbackIsRequested } from './time.ts';
