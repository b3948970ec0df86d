import { appInOrder, installationInOrder, rateLimit, webhookDeliveries } from './app.ts';
import { branchProtection, requiredChecks } from './branch.ts';
import type { DoctorCheck } from './check.ts';
import { reachable } from './clock.ts';
import { mergeQueue } from './merge-queue.ts';
import { openWorkflows, organisationConfig, protectedTags } from './repository.ts';

/** What can be wrong between here and GitHub. */
export const connectionChecks: readonly DoctorCheck[] = [
  { name: 'github', look: reachable },
  { name: 'app', look: appInOrder },
  { name: 'webhooks', look: webhookDeliveries },
  { name: 'rate limit', look: rateLimit },
];

/** What can be wrong in a repository. */
export const repositoryChecks: readonly DoctorCheck[] = [
  { name: 'installation', look: installationInOrder },
  { name: 'config in force', look: organisationConfig },
  { name: 'required checks', look: requiredChecks },
  { name: 'branch protection', look: branchProtection },
  { name: 'merge queue', look: mergeQueue },
  { name: 'tags', look: protectedTags },
  { name: 'workflows', look: openWorkflows },
];
