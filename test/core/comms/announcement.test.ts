import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseComment } from '../../../core/commands/grammar.ts';
import {
  type AnnouncementFacts,
  renderAnnouncement,
  templatePaths,
  templatePlaces,
  templateProblem,
} from '../../../core/comms/announcement.ts';
import { announcementNames, defaultTemplates } from '../../../core/comms/default-templates.ts';
import fc from '../../support/fast-check.ts';

const facts: AnnouncementFacts = {
  tag: 'v2',
  repository: 'acme/shop',
  previous: 'v1',
  onCall: ['@acme/sre', 'ada'],
  flags: 'search, realtime',
  weight: 10,
  cause: 'errors',
};

const say = (
  name: (typeof announcementNames)[number],
  change: Partial<AnnouncementFacts> = {},
  own?: string,
  channel: 'github' | 'slack' | 'plain' = 'github',
) =>
  renderAnnouncement(
    name,
    { ...facts, ...change },
    own === undefined ? undefined : { path: 'x.md', text: own },
    channel,
  );

describe('the announcements', () => {
  it('are the known words, word for word', () => {
    expect(say('release-start').text).toBe(
      'Cutting `v2` — stage canary starting. Gates: SLO/Perf/SupplyChain/Migrations/Policy. Evidence will attach on promote. On-call: @acme/sre @ada.',
    );
    expect(say('auto-rollback').text).toBe(
      'Canary breach at **10%** — auto-rollback triggered. Cause: errors. Evidence + traces attached. Investigating.',
    );
    expect(say('ga').text).toBe(
      '`v2` promoted to 100%. GA flags flipped: search, realtime. Evidence bundle attached; +24h KPI compare scheduled.',
    );
  });

  it.each(announcementNames)('%s is the same word for word in templates/comms', (name) => {
    expect(readFileSync(`templates/comms/${name}.md`, 'utf8')).toBe(`${defaultTemplates[name]}\n`);
  });

  it('have a path in the repository, by their name', () => {
    expect(templatePaths).toContain('.github/release-conductor/comms/auto-rollback.md');
  });

  it('call nobody who is no handle', () => {
    expect(say('release-start', { onCall: ['call <b>me</b> @all now'] }).text).not.toContain('@all');
    expect(say('release-start', { onCall: [] }).text).toContain('On-call: nobody named.');
  });
});

describe("a repository's own template", () => {
  it('replaces the words', () => {
    const own =
      'Ahoi {{REPO}}! {{TARGET_VERSION}} after {{PREVIOUS_VERSION}}{% if step > 5 %}, big{% endif %}';
    expect(say('ga', {}, own)).toEqual({ text: 'Ahoi acme/shop! v2 after v1, big', problem: null });
  });

  it.each([
    ['names a place that there is not', 'a {{secret}}'],
    ['reaches for a constructor', '{{ TARGET_VERSION.constructor }}'],
    ['is not closed', '{% if step %}'],
    ['includes a file', '{% include "/etc/passwd" %}'],
    ['renders a file', '{% render "x" %}'],
    ['asks the clock', '{{ "now" | date: "%s" }}'],
    ['decodes', '{{ "QGFsbA==" | base64_decode }}'],
    ['allocates for ever', '{% for i in (1..90000) %}{% for j in (1..90000) %}x{% endfor %}{% endfor %}'],
    ['is too long', 'x'.repeat(20_000)],
    ['says nothing', '  {% comment %}x{% endcomment %}\n'],
  ])('that %s gives way to the default, and says so', (_what, own) => {
    const { text, problem } = say('auto-rollback', {}, own);
    expect(text).toBe(say('auto-rollback').text);
    expect(problem).toMatch(/^x\.md: \S/);
    expect(templateProblem(own)).not.toBeNull();
  });

  it('has its problem at its place', () => {
    expect(templateProblem('fine\n  {{nope}}')).toEqual({
      message: expect.stringContaining('nope'),
      line: 2,
      column: 5,
    });
    expect(
      templateProblem(
        Object.keys(templatePlaces)
          .map((place) => `{{${place}}}`)
          .join(' '),
      ),
    ).toBeNull();
  });

  it('may mention its own people, and can hold no command', () => {
    expect(say('ga', {}, '@acme/exec look\n/promote 100').text).toBe('@acme/exec look\n\\/promote 100');
  });
});

describe('what a template is filled with', () => {
  const places = Object.keys(templatePlaces);
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          '@',
          'all',
          '`',
          '``',
          '/promote 100',
          '\n',
          '\r',
          '\u2028',
          '<!--',
          '-->',
          '](',
          '&#64;all',
          '&commat;all',
          '{{REPO}}',
          '\\',
          '<img src=x>',
          '\u200b',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  );

  it('brings in no command, no mention and no HTML, wherever a template puts it', () => {
    const template = places.map((place) => `{{${place}}} and \`{{${place}}}\``).join('\n');
    fc.assert(
      fc.property(hostile, hostile, hostile, (tag, cause, flags) => {
        const change = { tag, cause, flags, onCall: [cause], repository: flags, previous: tag };
        for (const own of [undefined, template, ...places.map((place) => `{{${place}}}`)]) {
          const { text } = say('auto-rollback', change, own);
          expect(text).not.toMatch(/^[ \t]*\//m);
          expect(parseComment(text).kind).not.toBe('commands');
          expect(withoutHandles(text)).not.toMatch(/@\w|&#64;|&commat;|<!--|<img/);
          expect(text.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('calls no channel in Slack', () => {
    const { text } = say('auto-rollback', { cause: '<!channel> & <@U1>' }, undefined, 'slack');
    expect(text).toContain('*10%*');
    expect(text).toContain('&lt;!channel&gt; &amp; &lt;@U1&gt;');
  });

  it('is one plain line for a program', () => {
    expect(say('auto-rollback', { cause: 'a\nb `c`' }, undefined, 'plain').text).toContain("Cause: a b 'c'.");
  });
});

/** A text that is a whole handle is meant to notify: that is what `on_call` is for. */
function withoutHandles(text: string): string {
  return text.replace(/@[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:\/[A-Za-z0-9._-]{1,100})?(?=[\s`.]|$)/g, '');
}
