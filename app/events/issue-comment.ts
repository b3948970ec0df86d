import { createHash } from 'node:crypto';
import { z } from 'zod';
import { markedKey } from '../../adapters/github/index.ts';
import { readAggregate, releaseOfIssue } from '../../adapters/postgres/index.ts';
import type { Command, Place } from '../../core/commands/command.ts';
import { parseComment } from '../../core/commands/grammar.ts';
import type { AggregateRef, CommandSource } from '../../core/flow/event.ts';
import { aggregateOfKey, effectIdOf } from '../../core/flow/key.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import type { Routed } from '../flow/decide.ts';
import {
  actorSchema,
  type EventContext,
  eventHandler,
  type Interpretation,
  ignored,
  withAction,
} from './event-handler.ts';
import { pullRequestUpdate } from './pull-request.ts';
import { isBot, toActor } from './push.ts';

const payloadSchema = z.object({
  action: z.string(),
  issue: z.object({
    number: z.int(),
    pull_request: z.unknown().optional(),
    user: z.object({ login: z.string() }).nullish(),
    body: z.string().nullish(),
  }),
  comment: z.object({
    id: z.int(),
    body: z.string().nullable(),
    html_url: z.string(),
    created_at: z.string().optional(),
    user: actorSchema.nullable(),
    performed_via_github_app: z.unknown().optional(),
  }),
});
type Payload = z.infer<typeof payloadSchema>;

/**
 * Commands. Only a comment that a person wrote, as it was first written: an edit never becomes a command, but an
 * edited or deleted comment approves nothing any more.
 */
export const issueComment = eventHandler({
  event: 'issue_comment',
  wants: withAction('created', 'edited', 'deleted'),
  payload: payloadSchema,
  async read(payload, context) {
    const { comment } = payload;
    if (comment.user === null || isBot(comment.user) || comment.performed_via_github_app != null) {
      return ignored('not a person');
    }
    return payload.action === 'created' ? readCommands(payload, context) : readChange(payload, context);
  },
});

async function readCommands(payload: Payload, context: EventContext): Promise<Interpretation> {
  const { issue, comment } = payload;
  const place: Place = issue.pull_request == null ? 'release' : 'pull request';
  const parsed = parseComment(comment.body ?? '', place);
  if (parsed.kind === 'none' || comment.user === null) return ignored('not a command');
  const addressee = await addresseeOf(payload, context);
  if (addressee === null) return ignored('neither a release nor a configured pull request');
  const { ref, frozenSha, before } = addressee;
  const source: CommandSource = {
    commentId: comment.id,
    issue: issue.number,
    isPullRequest: place === 'pull request',
    url: comment.html_url,
    bodySha256: digest(comment.body),
    ...(comment.created_at === undefined ? {} : { writtenAt: Date.parse(comment.created_at) }),
  };
  const actor = toActor(comment.user);
  if (parsed.kind === 'problem') {
    const { code, message } = parsed;
    return {
      outcome: 'usage reply',
      events: [...before, { ref, event: { type: 'command.malformed', code, message, actor, source } }],
    };
  }
  return {
    outcome: 'command',
    events: [
      ...before,
      ...parsed.invocations.map(
        ({ command, options }): Routed => ({
          ref,
          event: { type: 'command.issued', command: freeze(command, frozenSha), options, actor, source },
        }),
      ),
    ],
  };
}

async function readChange(payload: Payload, context: EventContext): Promise<Interpretation> {
  const { action, comment } = payload;
  const addressee = await addresseeOf(payload, context);
  if (addressee === null) return ignored('neither a release nor a configured pull request');
  const { ref, before } = addressee;
  const bodySha256 = action === 'deleted' ? null : digest(comment.body);
  return {
    outcome: 'comment changed',
    events: [...before, { ref, event: { type: 'comment.changed', commentId: comment.id, bodySha256 } }],
  };
}

/** Whom a comment is told to, and the commit that it spoke about when it was stored. */
interface Addressee {
  readonly ref: AggregateRef;
  readonly frozenSha: string | null;
  /** What it has to be told first. */
  readonly before: readonly Routed[];
}

/** The release of the issue, or the pull request. */
async function addresseeOf({ issue }: Payload, context: EventContext): Promise<Addressee | null> {
  const { store, repository, frozenSha } = context;
  if (issue.pull_request == null) {
    const ref = await releaseOfIssue(store, repository, issue.number);
    return ref === null ? releaseThatOpened(issue, context) : { ref, frozenSha, before: [] };
  }
  const ref = { kind: 'change', repository, key: `pr/${issue.number}` } as const;
  if ((await readAggregate(store, ref)) !== null) return { ref, frozenSha, before: [] };
  // Its own webhook is on its way, or lost: whoever comments at once is heard all the same.
  const { events } = await pullRequestUpdate(issue.number, context);
  return events.some(({ event }) => event.type === 'change.updated')
    ? { ref, frozenSha, before: events }
    : null;
}

/**
 * The release that asked for this issue and has not been told its number yet: GitHub's answer to opening it was lost,
 * or is on its way. Its own marker says so, in an issue that the App itself opened.
 */
async function releaseThatOpened(
  issue: Payload['issue'],
  { store, repository, forge }: EventContext,
): Promise<Addressee | null> {
  const key = markedKey(issue.body);
  if (key === null || issue.user?.login !== `${forge.appSlug}[bot]`) return null;
  const ref = aggregateOfKey(key);
  if (ref?.kind !== 'release' || ref.repository !== repository) return null;
  if (!effectIdOf(key).startsWith('tracking/')) return null;
  const state = (await readAggregate(store, ref))?.state as ReleaseState | undefined;
  return state === undefined || state.trackingIssue !== null
    ? null
    : { ref, frozenSha: state.sha, before: [] };
}

/** A promotion and an approval mean the commit of the moment when the comment was stored, unless they name another. */
function freeze(command: Command, frozenSha: string | null): Command {
  const isBound = command.name === 'promote' || command.name === 'approve';
  return isBound && command.sha === null ? { ...command, sha: frozenSha } : command;
}

function digest(body: string | null): string {
  return createHash('sha256')
    .update(body ?? '')
    .digest('hex');
}
