import { describe, expect, it } from 'vitest';
import { parseChange } from '../../../adapters/conventional-commits/index.ts';
import { parseComment } from '../../../core/commands/grammar.ts';
import {
  flagsAheadText,
  flagsChangedText,
  flagsSkippedText,
  flagsTable,
  flagsUndoneText,
} from '../../../core/comms/flags.ts';
import { kpiReportText, regressionBody, regressionTitle } from '../../../core/comms/kpi-report.ts';
import { notesPreview } from '../../../core/comms/notes-preview.ts';
import { releaseNotes } from '../../../core/comms/release-notes.ts';
import { postable } from '../../../core/comms/safe-text.ts';
import { noFlags } from '../../../core/flags/model.ts';
import type { KpiComparison } from '../../../core/kpi/compare.ts';
import type { KpiReport } from '../../../core/kpi/report.ts';
import { unknownRelease } from '../../../core/release/state.ts';
import fc from '../../support/fast-check.ts';
import { config, planFacts, shaA } from '../support/facts.ts';

const parts = [
  '@',
  'all',
  '@acme/exec',
  '`',
  '``',
  '/promote 100',
  '\n',
  '\r\n',
  '\u2028',
  '<!-- release-conductor:x -->',
  '<img src=x>',
  '&#64;all',
  '&commat;all',
  ']( http://evil )',
  '| a |',
  'feat: ',
  'BREAKING CHANGE: ',
  '\\',
  '*',
  '_',
] as const;
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...parts), { maxLength: 10 }).map((list) => list.join('')),
);

const order = (text: string) =>
  ({ purpose: 'kill', flags: [text], percent: 0, by: text, reason: text }) as const;
const window = { from: 0, to: 86_400_000 };

/** Every text around a release that carries words from outside. */
const texts: Readonly<Record<string, (text: string) => string>> = {
  'release notes': (text) =>
    releaseNotes({
      ...unknownRelease,
      tag: text,
      sha: shaA,
      plan: planFacts({
        previous: { tag: text, commit: shaA },
        changes: [
          parseChange({ sha: shaA, message: text, author: text }),
          parseChange({ sha: shaA, message: `feat(x)!: ${text}\n\nBREAKING CHANGE: ${text}`, author: text }),
        ],
      }),
      gates: {},
    }),
  'a preview of notes': (text) =>
    notesPreview(
      { ...parseChange({ sha: shaA, message: text, author: text }), labels: [text, 'skip-changelog'] },
      config().notes,
    ),
  'a KPI report': (text) => kpiReportText(kpiReport(text)),
  'a regression': (text) =>
    `${regressionTitle(kpiReport(text), comparison(text))}\n${regressionBody(kpiReport(text), comparison(text), { owners: [], trackingIssue: 1, previous: text, runbook: undefined })}`,
  'a flip': (text) =>
    flagsChangedText(order(text), [{ flag: text, to: { kind: 'share', percent: 10 } }], text),
  'an undone flip': (text) => flagsUndoneText(order(text), [text], text),
  'flags that are left': (text) => flagsAheadText([text]),
  'a kill that is kept': (text) => flagsSkippedText([[text, text]]),
  'the table of flags': (text) => flagsTable([text], { ...noFlags, killed: { [text]: text } }),
};

describe('what is said around a release', () => {
  it.each(Object.keys(texts))('%s holds no command and mentions nobody, whatever it carries', (name) => {
    fc.assert(
      fc.property(hostile, (text) => {
        const said = postable(texts[name]?.(text) ?? '');
        expect(parseComment(said).kind).not.toBe('commands');
        expect(said).not.toMatch(/^[ \t]*\//m);
        expect(withoutCode(said)).not.toMatch(/@\w|(?<!&amp;)&#64;|&commat;|<!--|<img/);
        expect(said.isWellFormed()).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

/**
 * The text outside code spans, where alone GitHub sees mentions and HTML (CommonMark 0.31, 6.1): a backslash escapes
 * the next character outside of code, a run of backticks ends at the next run of the same length in its paragraph.
 */
function withoutCode(text: string): string {
  return text.split('\n').map(proseOf).join('\n');
}

function proseOf(line: string): string {
  let prose = '';
  for (let at = 0; at < line.length; ) {
    const run = /^`+/.exec(line.slice(at))?.[0];
    if (line[at] === '\\') {
      prose += line.slice(at, at + 2);
      at += 2;
    } else if (run === undefined) {
      prose += line[at];
      at += 1;
    } else {
      const rest = line.slice(at + run.length);
      const end = [...rest.matchAll(/`+/g)].find((match) => match[0].length === run.length);
      at += run.length + (end === undefined ? 0 : end.index + run.length);
    }
  }
  return prose;
}

function comparison(name: string): KpiComparison {
  return {
    name,
    kind: 'ratio',
    better: 'down',
    verdict: 'worse',
    reason: name,
    before: 0.1,
    after: 0.2,
    change: { value: 0.1, low: 0.05, high: 0.15 },
    compared: 24,
    expected: 24,
    weights: { before: 100, after: 100 },
  };
}

function kpiReport(text: string): KpiReport {
  return {
    schema_version: 1,
    release: text,
    windows: { after: window, before: [window], bucket: 3_600_000 },
    confidence: 0.95,
    comparisons: [comparison(text)],
    dueAt: 0,
    madeAt: 1,
    lateBy: 1,
    others: [text],
  };
}
