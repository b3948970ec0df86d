import { checkRun, checkSuite } from './check-rerequested.ts';
import { create } from './create.ts';
import { deploymentStatus } from './deployment-status.ts';
import type { AnyEventHandler, RawPayload } from './event-handler.ts';
import { installationEvent, installationRepositories } from './installation.ts';
import { issueComment } from './issue-comment.ts';
import { mergeGroup } from './merge-group.ts';
import { protectionRule } from './protection-rule.ts';
import { pullRequest } from './pull-request.ts';
import { push } from './push.ts';
import { repositoryEvent } from './repository.ts';
import { settingsEvents } from './settings.ts';
import { workflowRun } from './workflow-run.ts';

/** Every webhook that the Conductor acts on; `app.yml` subscribes to exactly these. */
export const eventRegistry: readonly AnyEventHandler[] = [
  pullRequest,
  push,
  create,
  issueComment,
  checkRun,
  checkSuite,
  deploymentStatus,
  workflowRun,
  mergeGroup,
  ...settingsEvents,
  protectionRule,
  repositoryEvent,
  installationEvent,
  installationRepositories,
];

/** Whether anything can follow from a payload. */
export function isWanted(event: string, payload: RawPayload): boolean {
  const handler = eventRegistry.find((candidate) => candidate.event === event);
  return handler !== undefined && (handler.wants?.(payload) ?? true);
}

/** Whether something may follow from a webhook of which only this is known; `action` null: not told, or it has none. */
export function mayBeWanted(event: string, action: string | null): boolean {
  const handler = eventRegistry.find((candidate) => candidate.event === event);
  const actions = handler?.wants?.actions;
  return handler !== undefined && (action === null || actions === undefined || actions.has(action));
}

export const ownedEvents: ReadonlySet<string> = new Set(eventRegistry.map(({ event }) => event));
