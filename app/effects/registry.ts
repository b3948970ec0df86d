import { assessCommand } from './assess-command.ts';
import { createDeployment, ensureDraftRelease } from './deploy.ts';
import { loadPlan } from './load-plan.ts';
import { measureCanary } from './measure-canary.ts';
import { notify } from './notify.ts';
import { packEvidence } from './pack-evidence.ts';
import type { PerformerRegistry } from './performer.ts';
import { attachEvidence, publishRelease } from './publish.ts';
import { startTimer } from './start-timer.ts';
import { supersedeRelease } from './supersede.ts';
import { addReaction, openIssue, postComment, publishCheck, updateIssue, upsertComment } from './talk.ts';

/** One performer for each kind of effect: a kind without one does not compile. */
export const performers: PerformerRegistry = {
  publishCheck,
  upsertComment,
  postComment,
  addReaction,
  openIssue,
  updateIssue,
  loadPlan,
  ensureDraftRelease,
  createDeployment,
  assessCommand,
  measureCanary,
  packEvidence,
  attachEvidence,
  publishRelease,
  supersedeRelease,
  notify,
  startTimer,
};
