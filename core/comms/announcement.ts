import { inlineText } from '../gate/markdown.ts';
import { type AnnouncementName, announcementNames, defaultTemplates } from './default-templates.ts';
import { renderLiquid } from './liquid.ts';
import { postable } from './safe-text.ts';

/** Where a text is read: GitHub's Markdown, Slack's mrkdwn, or as plain text by a program. */
export type Channel = 'github' | 'slack' | 'plain';

/** What every template may name. All of them are texts from outside but `onCall`, which is meant to notify. */
export interface AnnouncementFacts {
  readonly tag: string;
  readonly repository: string;
  readonly previous: string | null;
  /** Handles from the config of the tagged commit. */
  readonly onCall: readonly string[];
  /** Flags that were flipped, or what is to be said in their place. */
  readonly flags: string;
  /** Percent of production traffic. */
  readonly weight: number;
  readonly cause: string;
}

/** A repository's own template, read from the tagged commit. */
export interface TemplateOverride {
  readonly path: string;
  readonly text: string;
}

export interface Announcement {
  readonly text: string;
  /** Why the repository's own template was not used; null: it was, or there is none. */
  readonly problem: string | null;
}

/** Places of a template and what they stand for; the table of the docs. */
export const templatePlaces: Readonly<Record<string, string>> = {
  TARGET_VERSION: 'the tag',
  PREVIOUS_VERSION: 'the last verified version, `none` for a first release',
  REPO: '`owner/name`',
  ONCALL: '`release.on_call`, as mentions on GitHub',
  GA_FLAGS: 'the flags that were flipped',
  step: 'percent of production traffic at this moment',
  gate: 'the cause of a rollback',
};

/**
 * The text of an announcement for one channel. A repository's own template that cannot be rendered gives way to the
 * default one, and says so: no announcement is ever the reason why a release waits.
 */
export function renderAnnouncement(
  name: AnnouncementName,
  facts: AnnouncementFacts,
  override: TemplateOverride | undefined,
  channel: Channel,
): Announcement {
  const values = valuesFor(facts, channel);
  if (override === undefined)
    return { text: rendered(defaultTemplates[name], values, channel), problem: null };
  const own = renderLiquid(inChannel(override.text, channel), values);
  if (own.ok && own.text.trim() !== '') return { text: finished(own.text, channel), problem: null };
  return {
    text: rendered(defaultTemplates[name], values, channel),
    problem: own.ok ? `${override.path}: gives an empty text` : `${override.path}: ${own.problem}`,
  };
}

/** What is wrong with a repository's own template, with its place; null: nothing. */
export function templateProblem(
  text: string,
): { readonly message: string; readonly line: number; readonly column: number } | null {
  const result = renderLiquid(text, valuesFor(sampleFacts, 'github'));
  if (!result.ok) return { message: result.problem, line: result.line, column: result.column };
  return result.text.trim() === '' ? { message: 'it gives an empty text', line: 1, column: 1 } : null;
}

/** Where a repository keeps its own words for an announcement. */
export const templateFolder = '.github/release-conductor/comms';
export const templatePath = (name: AnnouncementName): string => `${templateFolder}/${name}.md`;
export const templatePaths: readonly string[] = announcementNames.map(templatePath);

const sampleFacts: AnnouncementFacts = {
  tag: 'v1.2.3',
  repository: 'acme/shop',
  previous: 'v1.2.2',
  onCall: ['@acme/sre'],
  flags: 'search, reports',
  weight: 10,
  cause: 'error rate above its limit',
};

function valuesFor(facts: AnnouncementFacts, channel: Channel): Readonly<Record<string, string | number>> {
  const safe = (text: string): string => escapeFor(text, channel);
  const handles = facts.onCall.map((text) => (channel === 'github' ? mention(text) : safe(text)));
  return {
    TARGET_VERSION: safe(facts.tag),
    PREVIOUS_VERSION: safe(facts.previous ?? 'none'),
    REPO: safe(facts.repository),
    ONCALL: handles.length === 0 ? 'nobody named' : handles.join(' '),
    GA_FLAGS: safe(facts.flags),
    step: facts.weight,
    gate: safe(facts.cause),
  };
}

/** Harmless wherever a template puts it, inside a code span too: so no value keeps a backtick. */
export function escapeFor(text: string, channel: Channel): string {
  const line = text.replaceAll('`', "'");
  switch (channel) {
    case 'github':
      return inlineText(line);
    case 'slack':
      return oneLine(line).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    case 'plain':
      return oneLine(line);
  }
}

/** Slack writes bold with one star (api.slack.com, "Formatting text"). */
function inChannel(template: string, channel: Channel): string {
  return channel === 'slack' ? template.replaceAll('**', '*') : template;
}

function rendered(
  template: string,
  values: Readonly<Record<string, string | number>>,
  channel: Channel,
): string {
  const result = renderLiquid(inChannel(template, channel), values);
  if (result.ok) return finished(result.text, channel);
  throw new TypeError(`a default template is broken: ${result.problem}`);
}

function finished(text: string, channel: Channel): string {
  return channel === 'github' ? postable(text.trim()) : text.trim().toWellFormed().slice(0, 4_000);
}

/** `@login` or `@org/team`; anything else is plain text. */
export function mention(text: string): string {
  return /^@?[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:\/[A-Za-z0-9._-]{1,100})?$/.test(text)
    ? `@${text.replace(/^@/, '')}`
    : escapeFor(text, 'github');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
