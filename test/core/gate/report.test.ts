import { describe, expect, it } from 'vitest';
import {
  annotationsOf,
  batchAnnotations,
  checkOutput,
  clip,
  renderReport,
} from '../../../core/gate/report.ts';
import type { Finding, GateResult } from '../../../core/gate/result.ts';
import { toSarif } from '../../../core/gate/sarif.ts';

const finding = (over: Partial<Finding> = {}): Finding => ({
  code: 'ban-drop-table',
  level: 'error',
  message: 'Dropping `users` breaks readers.',
  help: 'Keep it.',
  path: 'migrations/1.sql',
  line: 3,
  column: 5,
  ...over,
});

const result = (findings: readonly Finding[], over: Partial<GateResult> = {}): GateResult => ({
  schema_version: 1,
  gate: 'migrations',
  verdict: 'fail',
  subject: { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/heads/x' },
  summary: '1 migration judged.',
  findings: [...findings],
  measurements: { statements: 4, nested: { ignored: true } },
  evidence: [{ path: 'migrations/plan.json', sha256: 'b'.repeat(64), media_type: 'application/json' }],
  inputs: { config_sha256: 'c'.repeat(64) },
  started_at: '2026-05-04T12:00:00.000Z',
  finished_at: '2026-05-04T12:00:01.000Z',
  tool: { name: 'release-conductor', version: '0.1.0' },
  ...over,
});

describe('the report of a result', () => {
  it('shows lists of named things as tables, with what somebody of them has', () => {
    const objectives = [
      { name: 'shop', budget_left: 0.123456, exhausted_in_days: null, burn: { '1h': 2 } },
      { name: 'p|y', budget_left: null, exhausted_in_days: null, burn: {} },
    ];
    const report = renderReport(result([], { measurements: { objectives, runs: [{ tool: 'k6' }] } }));
    expect(report).toContain(
      '**objectives**\n\n| name | budget left |\n|---|---|\n| shop | 0.1235 |\n| p\\|y | – |\n',
    );
    expect(report).not.toContain('k6');
    const many = Array.from({ length: 30 }, (_, i) => ({ name: `m${i}`, value: i }));
    expect(renderReport(result([], { measurements: { many } }))).toContain('… and 10 more');
  });

  it('names check, verdict, summary, findings, measurements and evidence', () => {
    const report = renderReport(result([finding()]));
    for (const part of [
      'migration-gate: fail',
      '1 migration judged.',
      '`ban-drop-table` at `migrations/1.sql:3:5`',
      'Keep it.',
      '| statements | 4 |',
      '`migrations/plan.json`',
    ]) {
      expect(report).toContain(part);
    }
    expect(report).not.toContain('nested');
  });

  it('shows errors before warnings before notices', () => {
    const report = renderReport(
      result([
        finding({ level: 'notice', code: 'a' }),
        finding({ level: 'warning', code: 'b' }),
        finding({ code: 'c' }),
      ]),
    );
    expect(report.indexOf('`c`')).toBeLessThan(report.indexOf('`b`'));
    expect(report.indexOf('`b`')).toBeLessThan(report.indexOf('`a`'));
  });

  it('stays within what GitHub takes and says how many findings it leaves out', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => finding({ line: index + 1 }));
    const { summary } = checkOutput(result(many));
    const shown = summary.match(/^- /gm)?.length ?? 0;
    expect(summary.length).toBeLessThanOrEqual(65_535);
    expect(shown).toBeGreaterThan(100);
    expect(summary).toContain(`${2_000 - shown} further findings not shown here`);
    expect(summary).toContain('`migrations/plan.json`');
  });

  it.each([
    ['a mention', 'ask @acme/owners', '@acme'],
    ['an HTML comment', 'x <!-- release-conductor:verdicts --> y', '<!--'],
    ['a link', 'see [here](https://evil.example)', '[here](https'],
    ['an image', '![x](https://evil.example/x.png)', '![x]('],
    ['a new block', 'x\n\n# Approved', '\n# Approved'],
  ])('keeps %s in a message from working', (_, message, live) => {
    expect(renderReport(result([finding({ message })]))).not.toContain(live);
  });

  it('keeps a report of a huge single finding within the limit', () => {
    const report = renderReport(
      result([finding({ message: 'x'.repeat(4_000), help: 'y'.repeat(4_000) })]),
      1_000,
    );
    expect(report.length).toBeLessThanOrEqual(1_000);
    expect(report).toContain('1 further finding not shown');
  });
});

describe('annotations', () => {
  it('are made for findings that have a path, on their line', () => {
    const { path: _path, line: _line, column: _column, ...nowhere } = finding();
    const { line: _unknown, column: _none, ...unplaced } = finding({ code: 'file' });
    expect(annotationsOf(result([finding(), nowhere, unplaced]))).toMatchObject([
      { path: 'migrations/1.sql', startLine: 3, endLine: 3, level: 'failure', title: 'ban-drop-table' },
      { path: 'migrations/1.sql', startLine: 1, title: 'file' },
    ]);
  });

  it('are sent fifty at a time', () => {
    const all = annotationsOf(result(Array.from({ length: 120 }, () => finding())));
    expect(batchAnnotations(all).map((batch) => batch.length)).toEqual([50, 50, 20]);
    expect(batchAnnotations([])).toEqual([]);
  });
});

describe('SARIF', () => {
  it('holds a rule per code and a result per finding, with its region', () => {
    const log = toSarif([
      result([finding(), finding({ line: 9 }), finding({ code: 'other', level: 'notice' })]),
    ]);
    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'release-conductor/migration-gate',
              rules: [{ id: 'ban-drop-table' }, { id: 'other' }],
            },
          },
          results: [
            {
              ruleId: 'ban-drop-table',
              ruleIndex: 0,
              level: 'error',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'migrations/1.sql' },
                    region: { startLine: 3, startColumn: 5 },
                  },
                },
              ],
            },
            { ruleIndex: 0, locations: [{ physicalLocation: { region: { startLine: 9 } } }] },
            { ruleId: 'other', ruleIndex: 1, level: 'note' },
          ],
        },
      ],
    });
  });
});

describe('clipping', () => {
  it('never cuts a surrogate pair in two', () => {
    expect(clip('ab😀cd', 4)).toBe('ab…');
    expect(clip('ab😀cd', 5)).toBe('ab😀…');
    expect(clip('abc', 3)).toBe('abc');
  });
});
