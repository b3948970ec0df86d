import { describe, expect, it } from 'vitest';
import { endedDays } from '../../../app/jobs/report-previews.ts';
import { previewsSchema } from '../../../core/config/previews.ts';
import { decideLedger, type LedgerEvent, type LedgerState } from '../../../core/preview/daily/decide.ts';
import { dailyLine, renderDailyReport } from '../../../core/preview/daily/render.ts';
import { reportOfDay } from '../../../core/preview/daily/report.ts';
import { dayAt } from '../../../core/preview/day.ts';
import { type PreviewState, unknownPreview } from '../../../core/preview/state.ts';

const hour = 3_600_000;
const config = previewsSchema.parse({ budget: { time_zone: 'Europe/Berlin' } });
/** A summer's day in Berlin begins at 22:00 UTC of the day before. */
const day = dayAt(Date.UTC(2026, 5, 1, 12), 'Europe/Berlin');
const now = day.to + hour;

const preview = (pullRequest: number, more: Partial<PreviewState> = {}) => ({
  repository: 'acme/shop',
  state: { ...unknownPreview, pullRequest, config, ...more },
});
const meter = (from: number, to: number | null, perHour: number) => [{ from, to, perHour }];

describe('the report of a day', () => {
  const previews = [
    preview(7, { meter: meter(day.from - 2 * hour, day.from + 10 * hour, 0.1), mayExist: true }),
    preview(8, { meter: meter(day.to - hour, null, 0.4) }),
    preview(9, { meter: meter(day.to, null, 5) }),
    preview(10, {
      refusals: [
        { at: day.from, kind: 'budget' },
        { at: day.from + 1, kind: 'budget' },
        { at: day.to, kind: 'fork' },
      ],
    }),
    preview(11, { mayExist: true, orphanTold: true }),
    { ...preview(1, { meter: meter(day.from, day.from + hour, 2) }), repository: 'acme/api' },
  ];
  const report = reportOfDay(previews, 'acme/shop', config, day, now);

  it('counts the hours between two midnights of the zone, dearest first', () => {
    expect(report.previews).toEqual([
      { pullRequest: 7, spent: expect.closeTo(1), exists: true },
      { pullRequest: 8, spent: expect.closeTo(0.4), exists: false },
    ]);
    expect(report.spent).toBeCloseTo(1.4);
  });

  it('names the organisation, what was refused that day, and what is left over', () => {
    const text = renderDailyReport(report) ?? '';
    expect(text).toContain('### Previews on 2026-06-01 (Europe/Berlin): $1.40 of $3.00');
    expect(text).toContain('| #7 | $1.00 | stands |');
    expect(text).toContain('**Organisation**: $3.40 of $3.00, beside this one `acme/api` $2.00');
    expect(text).toContain('**Refused**: #10 (budget)');
    expect(text).toContain('**Left over**: #11');
    expect(dailyLine('acme/shop', report)).toContain('$1.40 of $3.00, 2 previews, 1 refused, 1 left over');
  });

  it('counts the bill of the cost endpoint, that of a day that has ended too', () => {
    const bill = { spentToday: 0.2, at: day.to + hour / 2 };
    const lastBill = { spentToday: 2.5, at: day.to - hour };
    const billed = preview(7, { meter: meter(day.from, day.to, 0.1), bill, lastBill });
    expect(reportOfDay([billed], 'acme/shop', config, day, now).spent).toBeCloseTo(2.6);
  });

  it('of a day on which nothing happened is none', () => {
    expect(renderDailyReport(reportOfDay([preview(9)], 'acme/shop', config, day, now))).toBeNull();
  });
});

describe('the days to report', () => {
  const dates = (at: number, zone: string, reported: string | null) =>
    endedDays(at, zone, reported).map(({ date }) => date);

  it.each<[string, string, string | null, string[]]>([
    ['2026-06-02T00:10:00Z', 'UTC', null, ['2026-06-01']],
    ['2026-06-01T23:50:00Z', 'UTC', '2026-05-31', []],
    ['2026-06-01T22:10:00Z', 'Europe/Berlin', '2026-05-31', ['2026-06-01']],
    ['2026-06-02T06:50:00Z', 'America/Los_Angeles', '2026-05-31', []],
    ['2026-06-02T07:10:00Z', 'America/Los_Angeles', '2026-05-31', ['2026-06-01']],
    ['2026-03-29T22:30:00Z', 'Europe/Berlin', '2026-03-28', ['2026-03-29']],
    ['2026-06-04T12:00:00Z', 'UTC', '2026-05-31', ['2026-06-01', '2026-06-02', '2026-06-03']],
  ])('at %s in %s after %s are %j', (at, zone, reported, expected) => {
    expect(dates(Date.parse(at), zone, reported)).toEqual(expected);
  });

  it('are a week at most', () => {
    expect(dates(Date.UTC(2026, 5, 30), 'UTC', '2026-01-01')).toHaveLength(7);
  });
});

describe('a ledger', () => {
  const ended = (date: string, more: Partial<LedgerEvent> = {}): LedgerEvent => ({
    type: 'day.ended',
    date,
    text: `report of ${date}`,
    line: `line of ${date}`,
    toIssue: true,
    targets: [],
    ...more,
  });
  const settled = (id: string, ok = true) =>
    ({
      type: 'effect.settled',
      key: `ledger/acme%2Fshop/previews#${id}`,
      kind: 'openIssue',
      outcome: ok ? { ok, value: { number: 12 } } : { ok, code: 'GONE', message: 'gone' },
    }) as const;
  const play = (events: readonly Parameters<typeof decideLedger>[1][]) => {
    let state: LedgerState | null = null;
    return events.map((event) => {
      const decision = decideLedger(state, event);
      state = JSON.parse(JSON.stringify(decision.state));
      return decision.effects.map(({ id }) => id);
    });
  };

  it('opens one issue with the first report, and tells each day once', () => {
    expect(
      play([
        ended('2026-06-01'),
        ended('2026-06-01'),
        ended('2026-06-02'),
        settled('issue/1'),
        ended('2026-06-03'),
        ended('2026-06-02'),
      ]),
    ).toEqual([['issue/1'], [], [], ['day/2026-06-01', 'day/2026-06-02'], ['day/2026-06-03'], []]);
  });

  it('says nothing of a quiet day', () => {
    expect(play([ended('2026-06-01', { text: null }), ended('2026-06-01')])).toEqual([[], []]);
  });

  it('opens another issue when none could be opened, or the old one takes no comment any more', () => {
    expect(
      play([ended('2026-06-01'), settled('issue/1', false), ended('2026-06-02'), settled('issue/2')]),
    ).toEqual([['issue/1'], [], ['issue/2'], ['day/2026-06-01', 'day/2026-06-02']]);
    expect(
      play([ended('2026-06-01'), settled('issue/1'), settled('day/2026-06-01', false), ended('2026-06-02')]),
    ).toEqual([['issue/1'], ['day/2026-06-01'], [], ['issue/2']]);
  });

  it('calls the targets of the config, a chat with the line', () => {
    const targets = [
      { kind: 'slack', name: 'money' },
      { kind: 'webhook', name: 'ledger' },
    ] as const;
    const { effects } = decideLedger(null, ended('2026-06-01', { toIssue: false, targets }));
    expect(effects.map(({ effect }) => effect)).toMatchObject([
      { kind: 'notify', event: 'previews', text: 'line of 2026-06-01', target: { name: 'money' } },
      { kind: 'notify', event: 'previews', text: 'report of 2026-06-01', target: { name: 'ledger' } },
    ]);
  });
});
