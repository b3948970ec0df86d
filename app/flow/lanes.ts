import type { Effect, EffectKind } from '../../core/flow/effect.ts';
import type { AggregateRef } from '../../core/flow/event.ts';
import { effectKey } from '../../core/flow/key.ts';

/** What becomes of an effect when a newer one for the same target waits behind it. */
export type LanePolicy =
  /** Each is performed, in the order of the decisions. */
  | 'in-order'
  /** Each writes the whole: only the newest is written, and the older ones count as done with it. */
  | 'newest-counts-for-all'
  /** Only the newest is meant: performing an older one would undo a later decision, so it counts as refused. */
  | 'newest-replaces';

/**
 * The target that an effect writes to. Effects of one lane never overlap: a check must not turn from completed
 * back to queued because two jobs ran side by side, and a promotion that GitHub could not take yet must not
 * arrive behind the rollback that followed it.
 */
export function laneOf(aggregate: AggregateRef, id: string, effect: Effect): string {
  const { repository } = aggregate;
  switch (effect.kind) {
    case 'tellChange':
      return `outlook/${repository}/${effect.pullRequest}`;
    case 'publishCheck':
      return `check/${repository}/${effect.sha}/${effect.name}`;
    case 'upsertComment':
      return `comment/${repository}/${effect.issue}/${effect.marker}`;
    case 'postComment':
      return `thread/${repository}/${effect.issue}`;
    case 'updateIssue':
      return `issue/${repository}/${effect.issue}`;
    case 'orderPreview':
    case 'removeEnvironment':
      return `deployment/${repository}/${effect.environment}`;
    case 'createDeployment':
      return `deployment/${repository}/${effect.environment}/${effect.payload.service ?? ''}`;
    case 'readFlags':
    case 'setFlags':
      return `flags/${repository}/${aggregate.key}`;
    case 'applyGovernance':
      return `settings/${repository}`;
    // Of two readings side by side the older one could be decided on last.
    case 'readPreview':
      return `readings/${repository}/${aggregate.key}`;
    case 'observeSettings':
    case 'planGovernance':
    case 'carryPlan':
    case 'judgeEntry':
    case 'answerEntry':
    case 'commandPreview':
    case 'callWaiting':
    case 'removeLabel':
    case 'addReaction':
    case 'openIssue':
    case 'loadPlan':
    case 'ensureDraftRelease':
    case 'assessCommand':
    case 'assessChangeCommand':
    case 'openStepUp':
    case 'rerunWorkflow':
    case 'resolveFailure':
    case 'measureCanary':
    case 'readPreflight':
    case 'readSlo':
    case 'collectResults':
    case 'packEvidence':
    case 'attachEvidence':
    case 'publishRelease':
    case 'supersedeRelease':
    case 'notify':
    case 'measureKpis':
    case 'editReleaseNotes':
    case 'startTimer':
      return effectKey(aggregate, id);
  }
}

export function lanePolicy(kind: EffectKind): LanePolicy {
  switch (kind) {
    case 'publishCheck':
    case 'upsertComment':
    case 'readPreview':
    case 'tellChange':
      return 'newest-counts-for-all';
    case 'createDeployment':
    case 'readFlags':
    case 'setFlags':
      return 'newest-replaces';
    case 'orderPreview':
    case 'removeEnvironment':
    case 'applyGovernance':
    case 'observeSettings':
    case 'planGovernance':
    case 'carryPlan':
    case 'judgeEntry':
    case 'answerEntry':
    case 'commandPreview':
    case 'callWaiting':
    case 'removeLabel':
    case 'updateIssue':
    case 'postComment':
    case 'addReaction':
    case 'openIssue':
    case 'loadPlan':
    case 'ensureDraftRelease':
    case 'assessCommand':
    case 'assessChangeCommand':
    case 'openStepUp':
    case 'rerunWorkflow':
    case 'resolveFailure':
    case 'measureCanary':
    case 'readPreflight':
    case 'readSlo':
    case 'collectResults':
    case 'packEvidence':
    case 'attachEvidence':
    case 'publishRelease':
    case 'supersedeRelease':
    case 'notify':
    case 'measureKpis':
    case 'editReleaseNotes':
    case 'startTimer':
      return 'in-order';
  }
}
