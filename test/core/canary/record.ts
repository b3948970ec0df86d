import { canonicalJson } from '../../../core/audit/canonical-json.ts';
import { judge } from '../../../core/canary/judge.ts';
import type { Observation } from '../../../core/canary/reader.ts';
import { addToLog, type JudgeRecord, openLog, recordOf } from '../../../core/canary/record.ts';
import { openJudge } from '../../../core/canary/state.ts';
import type { Judgement } from '../../../core/canary/verdict.ts';
import { arm, poisson, seeded, settings } from './simulate.ts';

const second = 1_000;

/** What a canary with this error rate looks like every ten seconds: with gaps, a reset and a doubled reading. */
export function observations(rate: number, ticks: number, seed = 3): readonly Observation[] {
  const random = seeded(seed);
  const canary = { requests: 0, errors: 0, slow: 0, slower: [0, 0] };
  const baseline = { requests: 0, errors: 0, slow: 0, slower: [0, 0] };
  return Array.from({ length: ticks }, (_, tick) => {
    const at = 10 * tick * second;
    if (tick === 7) Object.assign(canary, { requests: 0, errors: 0, slow: 0 });
    for (const [counts, mean, bad] of [
      [canary, 100, rate],
      [baseline, 900, 0.005],
    ] as const) {
      const errors = poisson(mean * bad, random);
      counts.errors += errors;
      counts.requests += poisson(mean, random) + errors;
      counts.slow += errors;
    }
    const readAt = tick === 9 ? at - 10 * second : at;
    const reading = { at: readAt, canary: arm('v2', { ...canary }), baseline: arm('v1', { ...baseline }) };
    return tick % 11 === 5 ? { at, reading: null, problem: 'down' } : { at, reading, problem: null };
  });
}

/** Judges until a rollback or the end, and keeps what was seen. */
export function recorded(all: readonly Observation[]): {
  readonly record: JudgeRecord;
  readonly said: readonly Judgement[];
} {
  let state = openJudge(1, 0, true, settings);
  let log = openLog(state);
  const said: Judgement[] = [];
  for (const observation of all) {
    const { state: next, tick, verdict, reasons, values } = judge(state, observation, settings);
    log = addToLog(log, state, tick, verdict);
    state = next;
    said.push({ verdict, reasons, values });
    if (verdict === 'rollback') break;
  }
  return { record: recordOf(log, settings), said };
}

/** As the evidence writes it. */
export function documentOf({ record, said }: ReturnType<typeof recorded>): string {
  const last = said.at(-1) as Judgement;
  const document = {
    schema_version: 1,
    step: 1,
    weight: 10,
    verdict: last.verdict,
    reasons: last.reasons.map(({ code, message }) => `${code}: ${message}`),
    data: last.values,
    record,
  };
  return JSON.stringify(JSON.parse(canonicalJson(document)), null, 2);
}
