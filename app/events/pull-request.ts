import { z } from 'zod';
import { parseChange } from '../../adapters/conventional-commits/index.ts';
import { parsePullRequest } from '../../adapters/github/index.ts';
import { type NotesConfig, notesSchema } from '../../core/config/notes.ts';
import type { EffectiveConfig } from '../../core/config/organisation/effective.ts';
import { configPath } from '../../core/config/path.ts';
import type { PullRequestFacts } from '../../core/ports/forge.ts';
import { readEffectiveConfig } from '../effective-config.ts';
import type { Routed } from '../flow/decide.ts';
import { walksPreviews } from '../preview-walks.ts';
import { actorSchema, type EventContext, eventHandler, ignored, withAction } from './event-handler.ts';
import { previewNews } from './preview.ts';
import { governanceOf } from './settings.ts';

/**
 * A pull request came, moved or went. The payload is a hint: what counts is what the API says now, so late and
 * reordered deliveries all lead to the same state. Only where a replica of GitHub is behind its own webhook does the
 * payload count.
 */
export const pullRequest = eventHandler({
  event: 'pull_request',
  wants: withAction(
    'opened',
    'reopened',
    'synchronize',
    'ready_for_review',
    'edited',
    'labeled',
    'unlabeled',
    'closed',
  ),
  payload: z.object({
    action: z.string(),
    pull_request: z.looseObject({ number: z.int(), head: z.looseObject({ sha: z.string() }).nullish() }),
    label: z.object({ name: z.string() }).nullish(),
    sender: actorSchema.nullish(),
  }),
  async read({ action, pull_request: told, label, sender }, context) {
    const { number, head } = told;
    const preview = await previewNews({ action, number, headSha: head?.sha ?? '', label, sender }, context);
    const update = await pullRequestUpdate(number, context, parsePullRequest(told));
    return { ...update, events: [...update.events, ...preview] };
  },
});

/** What the base branch says of labels; a config that is broken says nothing, and is told of elsewhere. */
function notesConfigOf(base: EffectiveConfig | null): NotesConfig {
  return (base?.ok === true ? base.config.release?.notes : undefined) ?? notesSchema.parse({});
}

/** The pull request as it stands now: closed, updated, or ignored while its base branch has no config. */
export async function pullRequestUpdate(
  number: number,
  { forge, repository, now }: Pick<EventContext, 'forge' | 'repository' | 'now'>,
  told: PullRequestFacts | null = null,
): Promise<{ outcome: string; events: readonly Routed[]; declaresPreviews?: boolean }> {
  const readAt = now();
  const read = await forge.readPullRequest(number);
  const newest = told !== null && told.updatedAt > read.updatedAt ? told : read;
  const { state, merged, title, body, labels, updatedAt, ...facts } = newest;
  const found = { ...facts, asOf: { updatedAt, readAt } };
  const ref = { kind: 'change', repository, key: `pr/${number}` } as const;
  if (state === 'closed') {
    return {
      outcome: 'closed',
      events: [{ ref, event: { type: 'change.closed', merged, asOf: found.asOf } }],
    };
  }
  const before = await forge.filesAt(found.baseSha).read(configPath);
  if (before === null) return ignored('not configured');
  const after = await forge.filesAt(found.headSha).read(configPath);
  const proposesConfig = after === null || !Buffer.from(after).equals(before);
  const base = await readEffectiveConfig(found.baseSha, forge);
  const message = `${title} (#${number})\n\n${body}`;
  const parsed = parseChange({ sha: found.headSha, message, author: found.author });
  const note = { change: { ...parsed, labels }, config: notesConfigOf(base) };
  const walks =
    base?.ok === true ? { walksPreviews: await walksPreviews(base.config, found.baseSha, forge) } : {};
  const updated = {
    type: 'change.updated',
    pullRequest: number,
    ...{ ...found, ...walks, proposesConfig, note },
  } as const;
  const proposed = { type: 'config.proposed', pullRequest: number, headSha: found.headSha } as const;
  return {
    outcome: 'updated',
    declaresPreviews: base?.ok === true && base.config.previews !== undefined,
    events: [
      { ref, event: updated },
      ...(proposesConfig ? [{ ref: governanceOf(repository), event: proposed }] : []),
    ],
  };
}
