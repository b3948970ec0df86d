import { judge } from '../canary/judge.ts';
import { addToLog, openLog } from '../canary/record.ts';
import { type JudgeState, learnFrom, openJudge, openStep, withKnowledgeOf } from '../canary/state.ts';
import { inlineText } from '../gate/markdown.ts';
import type { CanaryReading } from '../ports/metrics.ts';
import type { IntervalCounts } from '../stats/cluster-history.ts';
import type { ReleaseDraft } from './draft.ts';
import { escalate } from './escalate.ts';
import { finishWhenSoaked } from './finishing.ts';
import { settingsOf } from './judge-settings.ts';
import type { Measuring } from './progress.ts';
import { advanceWhenConfigured, tellReadiness } from './promote.ts';
import { keepNotes, readingNotes } from './reading-notes.ts';
import { startRollback } from './rollback.ts';
import { concludeStage } from './stage.ts';
import { environmentOfStep, weightOfStep } from './steps.ts';

/** Begins to measure the step that was just reached; its first reading only sets the reference. */
export function startMeasuring(draft: ReleaseDraft): void {
  const { step } = draft.state;
  const environment = environmentOfStep(draft.plan(), step);
  const opened = openedJudge(draft);
  const measuring: Measuring = {
    step,
    environment,
    tick: 0,
    seen: 0,
    judge: opened,
    log: openLog(opened),
    verdict: 'continue',
    reasons: [],
    values: {},
  };
  draft.set({ measuring });
  requestTick(draft, draft.now);
}

/** Forgets the evidence of this step after a person decided to go on in spite of it. */
export function restartJudge(draft: ReleaseDraft): void {
  const { measuring } = draft.state;
  if (measuring === null) return;
  const fresh = openJudge(measuring.step, draft.now, baselineExpected(draft), settingsOf(draft));
  const judgeState: JudgeState = {
    ...withKnowledgeOf(fresh, measuring.judge),
    reader: measuring.judge.reader,
  };
  const log = openLog(judgeState);
  draft.set({ measuring: { ...measuring, judge: judgeState, log, verdict: 'continue', reasons: [] } });
}

/** One tick's answer. Answers of ticks that are not awaited (late, doubled, of another step) change nothing. */
export function onMeasured(
  draft: ReleaseDraft,
  event: {
    readonly step: number;
    readonly tick: number;
    readonly reading: CanaryReading | null;
    readonly problem: string | null;
    readonly history?: readonly IntervalCounts[];
  },
): void {
  learn(draft, event);
  const { measuring, phase } = draft.state;
  const isMeasured = phase === 'verifying' || phase === 'soaking' || phase === 'finishing';
  if (!isMeasured || measuring === null) return;
  if (event.tick !== measuring.tick || event.step !== measuring.step) return;
  const observation = { at: draft.now, reading: event.reading, problem: event.problem };
  const judged = judge(measuring.judge, observation, settingsOf(draft));
  const { verdict, values } = judged;
  const notes = readingNotes(measuring.judge.reader, observation);
  keepNotes(draft, measuring.step, notes);
  const isTold = verdict === 'rollback' || verdict === 'ready';
  const reasons = isTold ? judged.reasons : [...judged.reasons, ...notes];
  const log = addToLog(measuring.log, measuring.judge, judged.tick, verdict);
  const seen = measuring.seen + 1;
  draft.set({ measuring: { ...measuring, judge: judged.state, log, verdict, reasons, values, seen } });
  if (phase === 'verifying') concludeStage(draft);
  else act(draft);
  if (draft.state.measuring?.tick === measuring.tick && isStillMeasured(draft)) {
    requestTick(draft, draft.now + draft.plan().config.canary.interval);
  }
}

/** The first reading of a canary brings what the baseline was before: how errors come is learned before it counts. */
function learn(
  draft: ReleaseDraft,
  {
    step,
    tick,
    history,
  }: { readonly step: number; readonly tick: number; readonly history?: readonly IntervalCounts[] },
): void {
  const { measuring } = draft.state;
  if (history === undefined || measuring?.tick !== tick || measuring.step !== step) return;
  if (measuring.log.ticks.length > 0) return;
  const learned = learnFrom(measuring.judge, history);
  draft.set({ measuring: { ...measuring, judge: learned, log: openLog(learned) } });
}

/** What the release does about the judge's word. */
function act(draft: ReleaseDraft): void {
  const { measuring, hold } = draft.state;
  if (measuring === null) return;
  const cause = measuring.reasons.map(({ message }) => message).join('; ');
  switch (measuring.verdict) {
    case 'rollback':
      startRollback(draft, { code: 'CANARY_BREACH', cause, trigger: 'auto', by: 'conductor' });
      break;
    case 'wait':
      if (hold !== null) break;
      draft.hold('BASELINE_UNHEALTHY', cause, 'conductor');
      escalate(draft, 'Canary and baseline are both unhealthy', cause, {
        severity: 'CRITICAL',
        helpNeeded: 'find what both versions depend on; going back would not help',
      });
      break;
    case 'no-data':
      if (hold !== null) break;
      draft.hold('NO_DATA', cause, 'conductor');
      draft.comment(
        `no-data/${draft.next('no-data')}`,
        `⏸️ Held: ${cause}. Without data nothing is promoted.`,
      );
      break;
    case 'inconclusive':
      onDeadline(draft, cause);
      break;
    case 'ready':
      tellReadiness(draft);
      finishWhenSoaked(draft);
      advanceWhenConfigured(draft);
      break;
    case 'continue':
      break;
  }
}

/** Health was not shown in time: the configuration says whether that is a reason to go back. */
function onDeadline(draft: ReleaseDraft, cause: string): void {
  if (draft.plan().config.canary.on_deadline === 'abort') {
    startRollback(draft, { code: 'DEADLINE_PASSED', cause, trigger: 'auto', by: 'conductor' });
    return;
  }
  if (draft.state.hold !== null) return;
  draft.hold('DEADLINE_PASSED', cause, 'conductor');
  draft.comment(
    `deadline/${draft.next('deadline')}`,
    `⏸️ Held: ${inlineText(cause)}. Without evidence of health nothing is promoted.`,
  );
}

function isStillMeasured(draft: ReleaseDraft): boolean {
  return ['verifying', 'soaking', 'finishing'].includes(draft.state.phase);
}

function requestTick(draft: ReleaseDraft, at: number): void {
  const { measuring, tag } = draft.state;
  if (measuring === null) return;
  const tick = draft.next('tick');
  draft.set({ measuring: { ...measuring, tick } });
  const { config, previous } = draft.plan();
  const effect = {
    kind: 'measureCanary',
    step: measuring.step,
    tick,
    environment: measuring.environment,
    service: config.service,
    canary: tag,
    baseline: previous?.tag ?? '',
    ...(isFirstReading(measuring) && previous !== null ? { history: config.canary.interval } : {}),
  } as const;
  draft.emit(`measure/${tick}`, effect, at > draft.now ? at : undefined);
}

/** The first of the first step in production: until then the baseline had the traffic to itself. */
function isFirstReading({ step, seen, log }: Measuring): boolean {
  return step === 1 && seen === 0 && log.ticks.length === 0;
}

function openedJudge(draft: ReleaseDraft): JudgeState {
  const { step, measuring } = draft.state;
  const settings = settingsOf(draft);
  const expected = baselineExpected(draft);
  if (measuring === null || measuring.step === 0 || step === 0) {
    return openJudge(step, draft.now, expected, settings);
  }
  // Another environment has other counters: what was seen there says nothing of it, but how errors come does.
  if (measuring.environment !== environmentOfStep(draft.plan(), step)) {
    return withKnowledgeOf(openJudge(step, draft.now, expected, settings), measuring.judge);
  }
  return openStep(measuring.judge, step, draft.now, expected, settings);
}

/** At 100 % nobody is left to compare with, at the stage and for a first release nobody is there. */
function baselineExpected(draft: ReleaseDraft): boolean {
  const { step } = draft.state;
  return step > 0 && weightOfStep(draft.plan(), step) < 100 && draft.plan().previous !== null;
}
