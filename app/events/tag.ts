import { readAggregate } from '../../adapters/postgres/index.ts';
import { releaseOfTag } from '../../core/config/release-of-tag.ts';
import type { Actor } from '../../core/flow/event.ts';
import { globMatcher } from '../../core/gate/glob.ts';
import { readEffectiveConfig } from '../effective-config.ts';
import { type EventContext, type Interpretation, ignored } from './event-handler.ts';

/** A tag as an event names it. */
export interface TagNews {
  readonly tag: string;
  /** The commit that the event spoke of; null when the tag was deleted. */
  readonly commit: string | null;
  readonly actor: Actor;
}

const nowhere = '0'.repeat(40);

/** A release begins with its tag; a tag that moves afterwards is reported to the release, never followed. */
export async function readTag(news: TagNews, context: EventContext): Promise<Interpretation> {
  const { tag, commit, actor } = news;
  const ref = { kind: 'release', repository: context.repository, key: tag } as const;
  const known = (await readAggregate(context.store, ref))?.state as { sha?: unknown } | undefined;
  if (known !== undefined) {
    if (known.sha === commit) return ignored('known tag');
    const event = { type: 'tag.moved', from: String(known.sha), to: commit ?? nowhere } as const;
    return { outcome: 'tag moved', events: [{ ref, event }] };
  }
  if (commit === null) return ignored('deleted');
  if (!(await isReleaseTag(tag, commit, context))) return ignored('not a release tag');
  if (await context.forge.isPublished(tag)) return ignored('published already');
  return { outcome: 'tag pushed', events: [{ ref, event: { type: 'tag.pushed', tag, sha: commit, actor } }] };
}

/**
 * The config of the tagged commit says which tags are releases. A config that cannot be read counts as one that
 * says so: the release then begins, and ends at once with every problem listed where people look.
 */
async function isReleaseTag(tag: string, commit: string, { forge }: EventContext): Promise<boolean> {
  const found = await readEffectiveConfig(commit, forge);
  if (found === null) return false;
  return found.ok ? releaseOfTag(found.config, tag) !== null : globMatcher(['v*'])(tag);
}
