import { assessChangeCommand } from './assess-change.ts';
import { assessCommand } from './assess-command.ts';
import { collectResults } from './collect-results.ts';
import { createDeployment, ensureDraftRelease } from './deploy.ts';
import { answerEntry, judgeEntry } from './entry.ts';
import { readFlags, setFlags } from './flags/index.ts';
import { applyGovernance, carryPlan, observeSettings, planGovernance } from './governance.ts';
import { editReleaseNotes, measureKpis } from './kpis.ts';
import { loadPlan } from './load-plan.ts';
import { measureCanary } from './measure-canary.ts';
import { notify } from './notify.ts';
import { openStepUp } from './open-step-up.ts';
import { packEvidence } from './pack-evidence.ts';
import type { PerformerRegistry } from './performer.ts';
import {
  callWaiting,
  commandPreview,
  orderPreview,
  readPreview,
  removeEnvironment,
  removeLabel,
  tellChange,
} from './preview.ts';
import { attachEvidence, publishRelease } from './publish.ts';
import { readPreflight } from './read-preflight.ts';
import { readSlo } from './read-slo.ts';
import { rerunWorkflow } from './rerun-workflow.ts';
import { resolveFailure } from './resolve-failure.ts';
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
  assessChangeCommand,
  openStepUp,
  rerunWorkflow,
  resolveFailure,
  measureCanary,
  readPreflight,
  readSlo,
  collectResults,
  packEvidence,
  attachEvidence,
  publishRelease,
  supersedeRelease,
  notify,
  readFlags,
  setFlags,
  measureKpis,
  editReleaseNotes,
  startTimer,
  observeSettings,
  planGovernance,
  carryPlan,
  applyGovernance,
  judgeEntry,
  answerEntry,
  readPreview,
  orderPreview,
  commandPreview,
  callWaiting,
  tellChange,
  removeEnvironment,
  removeLabel,
};
