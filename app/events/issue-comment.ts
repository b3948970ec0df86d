import { createHash } from 'node:crypto';
import { z } from 'zod';
import { releaseOfIssue } from '../../adapters/postgres/index.ts';
import { parseComment } from '../../core/commands/grammar.ts';
import type { CommandSource, ReleaseCommand } from '../../core/flow/event.ts';
import { actorSchema, eventHandler, ignored, withAction } from './event-handler.ts';
import { isBot, toActor } from './push.ts';

/** Commands. Only a comment that a person wrote, as it was first written: an edit never becomes a command. */
export const issueComment = eventHandler({
  event: 'issue_comment',
  wants: withAction('created'),
  payload: z.object({
    issue: z.object({ number: z.int(), pull_request: z.unknown().optional() }),
    comment: z.object({
      id: z.int(),
      body: z.string().nullable(),
      html_url: z.string(),
      user: actorSchema.nullable(),
      performed_via_github_app: z.unknown().optional(),
    }),
  }),
  async read({ issue, comment }, { repository, store, frozenSha }) {
    if (comment.user === null || isBot(comment.user) || comment.performed_via_github_app != null) {
      return ignored('not a person');
    }
    const parsed = parseComment(comment.body ?? '');
    if (parsed.kind === 'none') return ignored('not a command');
    const ref = await releaseOfIssue(store, repository, issue.number);
    if (ref === null) return ignored("not a release's issue");
    const source: CommandSource = {
      commentId: comment.id,
      issue: issue.number,
      isPullRequest: issue.pull_request != null,
      url: comment.html_url,
      bodySha256: createHash('sha256')
        .update(comment.body ?? '')
        .digest('hex'),
    };
    const actor = toActor(comment.user);
    if (parsed.kind === 'problem') {
      const { code, message } = parsed;
      return {
        outcome: 'usage reply',
        events: [{ ref, event: { type: 'command.malformed', code, message, actor, source } }],
      };
    }
    return {
      outcome: 'command',
      events: parsed.commands.map((command) => ({
        ref,
        event: { type: 'command.issued', command: freeze(command, frozenSha), actor, source },
      })),
    };
  },
});

/** A promotion means the commit that the release had when the comment was stored, unless it names another. */
function freeze(command: ReleaseCommand, frozenSha: string | null): ReleaseCommand {
  return command.name === 'promote' && command.sha === null ? { ...command, sha: frozenSha } : command;
}
