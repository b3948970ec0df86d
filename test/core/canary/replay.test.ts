import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../core/audit/canonical-json.ts';
import { judgeChart } from '../../../core/canary/chart.ts';
import { explainRecord } from '../../../core/canary/explain.ts';
import { packTicks, unpackTicks } from '../../../core/canary/packed-ticks.ts';
import { parseJudgeDocument } from '../../../core/canary/parse-record.ts';
import type { JudgeRecord } from '../../../core/canary/record.ts';
import { ticksOf } from '../../../core/canary/record.ts';
import { firstWith, replay, replayWith } from '../../../core/canary/replay.ts';
import { checkReplay } from '../../../core/canary/replay-check.ts';
import { renderSvg } from '../../../core/chart/svg.ts';
import fc from '../../support/fast-check.ts';
import { documentOf, observations, recorded } from './record.ts';

const bad = recorded(observations(0.05, 60));
const good = recorded(observations(0.005, 60));

describe('a replay', () => {
  it.each([
    ['a bad canary', bad, 'rollback'],
    ['a good one', good, 'ready'],
  ] as const)('of %s computes every judgement again, byte by byte', (_name, run, verdict) => {
    const document = parseJudgeDocument('x.json', documentOf(run));
    const moments = replay(document.record as JudgeRecord);
    expect(moments).toHaveLength(run.said.length);
    expect(moments.at(-1)?.verdict).toBe(verdict);
    moments.forEach(({ at: _at, recorded: _recorded, ...again }, i) => {
      expect(canonicalJson(again)).toBe(canonicalJson(run.said[i]));
    });
    expect(checkReplay(document)).toEqual({ equal: true, ticks: run.said.length, differences: [] });
  });

  it('holds for any canary, from stored text', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.2, noNaN: true }), fc.nat(), fc.nat(40), (rate, seed, ticks) => {
        const run = recorded(observations(rate, ticks + 1, seed));
        expect(checkReplay(parseJudgeDocument('x.json', documentOf(run))).differences).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['another verdict', { verdict: 'ready' }, 'last verdict'],
    ['another reason', { reasons: ['HEALTHY: fine'] }, 'last reasons'],
    ['another number', { data: { ...bad.said.at(-1)?.values, canary_errors: 0 } }, 'last data'],
  ])('notices %s', (_name, change, found) => {
    const forged = { ...JSON.parse(documentOf(bad)), ...change };
    const check = checkReplay(parseJudgeDocument('x.json', JSON.stringify(forged)));
    expect(check.equal).toBe(false);
    expect(check.differences[0]).toContain(found);
  });

  it('notices counts that were changed', () => {
    const forged = JSON.parse(documentOf(bad));
    for (const { counts } of forged.record.ticks) if (counts.canary) counts.canary.errors = 0;
    const check = checkReplay(parseJudgeDocument('x.json', JSON.stringify(forged)));
    expect(check.equal).toBe(false);
    expect(check.differences.join(' ')).toContain('computed ready');
  });

  it('of nothing proves nothing', () => {
    const { record: _record, ...without } = JSON.parse(documentOf(bad));
    expect(checkReplay(parseJudgeDocument('x.json', JSON.stringify(without))).equal).toBe(false);
    const empty = { ...without, record: { ...bad.record, ticks: [] } };
    expect(checkReplay(parseJudgeDocument('x.json', JSON.stringify(empty))).equal).toBe(false);
  });

  it('computes every reading of a long step, however long ago it was', () => {
    const long = recorded(observations(0.005, 1_100));
    expect(long.record.ticks.length).toBeLessThanOrEqual(250);
    expect(ticksOf(long.record)).toHaveLength(1_100);
    expect(checkReplay(parseJudgeDocument('x.json', documentOf(long)))).toMatchObject({
      equal: true,
      ticks: 1_100,
    });
  });

  it('packs readings so that they come back exactly', () => {
    const { ticks } = recorded(observations(0.02, 200)).record;
    expect(unpackTicks(packTicks(ticks))).toEqual(ticks);
    expect(packTicks(ticks).length).toBeLessThan(JSON.stringify(ticks).length / 2);
  });

  it.each(['', 'null', '[["z",1,"f"]]', '[["c",1]]', '[["c",1,null,"x",[1,2],[1,2]]]'])(
    'refuses packed readings that are none: %j',
    (text) => {
      expect(() => unpackTicks(text)).toThrow(expect.objectContaining({ code: 'NOT_A_JUDGE_RECORD' }));
    },
  );

  it.each(['', 'null', '[]', '{"step":1}', '{"record":{}}'])('refuses %j with a remedy', (text) => {
    expect(() => parseJudgeDocument('x.json', text)).toThrow(
      expect.objectContaining({ code: 'NOT_A_JUDGE_RECORD' }),
    );
  });

  it('says when a looser bound would have decided', () => {
    const at = (alpha: number): number =>
      firstWith(replayWith(bad.record, { alpha }), 'rollback')?.at ?? Number.POSITIVE_INFINITY;
    expect(at(0.05)).toBeLessThanOrEqual(at(0.001));
    expect(at(0.001)).toBeLessThanOrEqual(at(0.0001));
  });
});

describe('an explanation', () => {
  it('has both arms, the evidence, the times and a chart', () => {
    const text = explainRecord(bad.record, { chart: true });
    expect(text).toMatch(/^Judge: \*\*rollback\*\* after \d+ readings: .*error rate/);
    expect(text).toContain('| canary |');
    expect(text).toMatch(/\| \*\*harm, all merged\*\* \| \S+ \| 1000 \|/);
    expect(text).toMatch(/\| rollback \| after \d+ s \|/);
    expect(text).toContain('xychart-beta');
    expect(explainRecord(good.record, { chart: false })).not.toContain('mermaid');
  });

  it('says when errors come in clusters that nobody declared', () => {
    const quiet = explainRecord(good.record, { chart: false });
    expect(quiet).not.toContain('clusters');
    const opening = {
      ...good.record.opening,
      dispersion: { ticks: 100, sum: 370, variance: 200, canary: 1, baseline: 1, learned: 1 },
    };
    expect(explainRecord({ ...good.record, opening }, { chart: false })).toContain('`canary.error_cluster`');
  });

  it('is a picture, too, the same every time', () => {
    const svg = renderSvg(judgeChart(bad.record));
    expect(svg).toContain('roll back: harm ≥ 1000');
    expect(svg).toBe(renderSvg(judgeChart(JSON.parse(JSON.stringify(bad.record)))));
    expect(svg).not.toContain('NaN');
    expect(renderSvg(judgeChart({ ...bad.record, ticks: [] }))).toContain('no readings');
  });
});

describe('the evidence of an earlier version of the judge', () => {
  it('gives every verdict again, to the byte: before clusters were assumed and gauges could roll back', () => {
    const text = readFileSync(new URL('earlier-record.json', import.meta.url), 'utf8');
    const { equal, ticks } = checkReplay(parseJudgeDocument('earlier-record.json', text));
    expect({ equal, ticks }).toEqual({ equal: true, ticks: 40 });
  });
});
