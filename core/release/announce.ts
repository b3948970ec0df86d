import { type AnnouncementFacts, renderAnnouncement } from '../comms/announcement.ts';
import type { AnnouncementName } from '../comms/default-templates.ts';
import type { NotifiedEvent } from '../config/notify.ts';
import { inlineText } from '../gate/markdown.ts';
import type { ReleaseDraft } from './draft.ts';
import { notify } from './notify.ts';

const eventOf: Readonly<Record<AnnouncementName, NotifiedEvent>> = {
  'release-start': 'start',
  'auto-rollback': 'rollback',
  ga: 'ga',
};

/** Says it in the tracking issue and to the targets of `release.notify`, in the repository's own words when it has some. */
export function announce(
  draft: ReleaseDraft,
  name: AnnouncementName,
  id: string,
  facts: Partial<Pick<AnnouncementFacts, 'weight' | 'cause' | 'flags'>> = {},
): void {
  const plan = draft.plan();
  const all: AnnouncementFacts = {
    tag: draft.state.tag,
    repository: draft.repository,
    previous: plan.previous?.tag ?? null,
    onCall: plan.config.on_call,
    weight: draft.state.weight,
    flags: 'none',
    cause: '',
    ...facts,
  };
  const own = plan.templates?.[name];
  const { text, problem } = renderAnnouncement(name, all, own, 'github');
  draft.comment(id, text);
  if (problem !== null) tellBrokenTemplate(draft, name, problem);
  notify(draft, eventOf[name], all.cause, (channel) => renderAnnouncement(name, all, own, channel).text);
}

/** Loud, and nothing more: nobody waits for a template. */
export function tellBrokenTemplate(draft: ReleaseDraft, name: string, problem: string): void {
  draft.note('template.broken', 'conductor', problem.slice(0, 500), 'TEMPLATE_BROKEN', { template: name });
  draft.comment(
    `template-broken/${draft.next('template-broken')}`,
    `⚠️ \`TEMPLATE_BROKEN\`: the repository's own template cannot be used, the default words are: ${inlineText(problem)}. \`release-conductor validate\` shows the place.`,
  );
}
