import { actionsRoutes } from './actions.ts';
import type { Routes } from './asked.ts';
import { checksRoutes } from './checks.ts';
import { deploymentsRoutes } from './deployments.ts';
import { issuesRoutes } from './issues.ts';
import { pullsRoutes } from './pulls.ts';
import { releasesRoutes } from './releases.ts';
import { repositoryRoutes } from './repository.ts';

export { type Asked, type Happening, markerOf, refusal } from './asked.ts';

/** The part of GitHub's REST API that the App uses. What a route does not read of its parameters does not matter. */
export const routes: Routes = {
  ...repositoryRoutes,
  ...actionsRoutes,
  ...pullsRoutes,
  ...checksRoutes,
  ...issuesRoutes,
  ...deploymentsRoutes,
  ...releasesRoutes,
};
