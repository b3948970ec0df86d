import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../core/flow/effect.ts';
import { decideGovernance } from '../../../core/governance/decide.ts';
import { type EntryAnswer, type EntryFacts, judgeEntry } from '../../../core/governance/entry.ts';
import type { GovernanceState } from '../../../core/governance/state.ts';

const facts = (more: Partial<EntryFacts> = {}): EntryFacts => ({
  environment: 'production',
  sha: 'abc',
  production: true,
  gates: [{ gate: 'policy', verdict: 'pass', ageMs: 1_000 }],
  maxGateAgeMs: 60_000,
  releases: [{ tag: 'v1', phase: 'shifting', ordered: true }],
  rollbackOf: null,
  ...more,
});

const gate = (
  verdict: 'pass' | 'warn' | 'fail' | 'inconclusive' | 'skipped' | null,
  ageMs: number | null = 1_000,
) => [{ gate: 'policy', verdict, ageMs } as const];

describe('a job at an environment', () => {
  it.each([
    ['enters production as the Conductor ordered', {}, 'approved', 'ORDERED'],
    ['enters stage with green gates', { production: false, releases: [] }, 'approved', 'GATES_PASSED'],
    ['does not enter with a red gate', { gates: gate('fail') }, 'rejected', 'GATE_NOT_PASSED'],
    ['does not enter with a skipped gate', { gates: gate('skipped') }, 'rejected', 'GATE_NOT_PASSED'],
    [
      'does not enter with an inconclusive gate',
      { gates: gate('inconclusive') },
      'rejected',
      'GATE_NOT_PASSED',
    ],
    ['does not enter with an old result', { gates: gate('pass', 60_001) }, 'rejected', 'GATE_NOT_PASSED'],
    [
      'does not enter with a result of unknown age',
      { gates: gate('pass', null) },
      'rejected',
      'GATE_NOT_PASSED',
    ],
    ['waits for a gate that has not reported', { gates: gate(null, null) }, 'wait', undefined],
    ['does not enter without a config', { gates: null }, 'rejected', 'NOT_CONFIGURED'],
    ['does not enter production without a release', { releases: [] }, 'rejected', 'NOT_ORDERED'],
    [
      'does not enter production before somebody promoted',
      { releases: [{ tag: 'v1', phase: 'stage_verified', ordered: false }] },
      'rejected',
      'NOT_ORDERED',
    ],
    [
      'does not enter production with a version that went back',
      { releases: [{ tag: 'v1', phase: 'rolled_back', ordered: true }] },
      'rejected',
      'ROLLED_BACK',
    ],
    [
      'enters for a rollback whatever the gates say',
      { gates: gate('fail'), rollbackOf: 'v2' },
      'approved',
      'ROLLBACK',
    ],
  ] as const)('%s', (_name, more, kind, code) => {
    const answer = judgeEntry(facts(more as Partial<EntryFacts>));
    expect(answer).toMatchObject(code === undefined ? { kind } : { kind, code });
    expect(answer.reasons.join()).not.toBe('');
  });
});

describe('the Conductor at the door', () => {
  const waits: EntryAnswer = { kind: 'wait', reasons: ['policy has no verified result for this commit yet'] };

  function door() {
    let state: GovernanceState | null = null;
    const all: Effect[] = [];
    let now = 1_000_000;
    const tell = (event: Parameters<typeof decideGovernance>[1]): readonly Effect[] => {
      const decision = decideGovernance(state, event, { now, repository: 'acme/shop' });
      state = decision.state;
      const effects = decision.effects.map(({ effect }) => effect);
      all.push(...effects);
      return effects;
    };
    const entry = { runId: 5, environment: 'production' };
    return {
      all,
      ask: () => tell({ type: 'entry.requested', ...entry, sha: 'abc' }),
      unread: () =>
        tell({
          type: 'effect.settled',
          key: 'governance/acme%2Fshop/settings#entry/1/5/production',
          kind: 'judgeEntry',
          outcome: { ok: false, code: 'GITHUB_FORBIDDEN', message: 'no right to read' },
        }),
      judged: (answer: EntryAnswer) => tell({ type: 'entry.judged', ...entry, answer }),
      look: (after: number) => {
        now += after;
        return tell({ type: 'timer.fired', timer: 'entry/5/production' });
      },
    };
  }

  it('answers once, with its reasons', () => {
    const { ask, judged } = door();
    expect(ask()).toMatchObject([{ kind: 'judgeEntry', runId: 5, environment: 'production', sha: 'abc' }]);
    expect(ask()).toEqual([]);
    const answer: EntryAnswer = { kind: 'rejected', code: 'GATE_NOT_PASSED', reasons: ['policy says fail'] };
    expect(judged(answer)).toMatchObject([
      { kind: 'answerEntry', state: 'rejected', comment: 'GATE_NOT_PASSED: policy says fail' },
    ]);
    expect(judged(answer)).toEqual([]);
  });

  it('says once what it waits for, looks again, and lets the job in when the gate has reported', () => {
    const { ask, judged, look } = door();
    ask();
    expect(judged(waits)).toMatchObject([{ kind: 'answerEntry', state: null }, { kind: 'startTimer' }]);
    expect(look(15_000)).toMatchObject([{ kind: 'judgeEntry' }]);
    expect(judged(waits)).toMatchObject([{ kind: 'startTimer' }]);
    look(15_000);
    expect(judged({ kind: 'approved', code: 'GATES_PASSED', reasons: ['all passed'] })).toMatchObject([
      { kind: 'answerEntry', state: 'approved' },
    ]);
    expect(look(15_000)).toEqual([]);
  });

  it('refuses a job whose gates stay silent for six hours', () => {
    const { ask, judged, look } = door();
    ask();
    judged(waits);
    look(6 * 3_600_000);
    expect(judged(waits)).toMatchObject([{ kind: 'answerEntry', state: 'rejected' }]);
  });

  it("never uses up GitHub's ten reports", () => {
    const { ask, judged, all } = door();
    ask();
    for (let n = 0; n < 50; n++) judged({ kind: 'wait', reasons: [`reason ${n}`] });
    judged({ kind: 'approved', code: 'GATES_PASSED', reasons: ['all passed'] });
    const reports = all.filter(({ kind }) => kind === 'answerEntry');
    expect(reports.length).toBeLessThanOrEqual(10);
    expect(reports.at(-1)).toMatchObject({ state: 'approved' });
  });

  it('lets nobody in while the facts cannot be read, looks again, and refuses in the end', () => {
    const { ask, unread, look } = door();
    ask();
    expect(unread()).toMatchObject([
      { kind: 'answerEntry', state: null, comment: expect.stringContaining('no right to read') },
      { kind: 'startTimer' },
    ]);
    expect(look(15_000)).toMatchObject([{ kind: 'judgeEntry' }]);
    look(6 * 3_600_000);
    expect(unread()).toMatchObject([{ kind: 'answerEntry', state: 'rejected' }]);
    expect(unread()).toEqual([]);
  });

  it.each<[string, readonly string[], string]>([
    ['many', Array.from({ length: 60 }, (_, n) => `gate ${n} says ${'no '.repeat(20)}`), 'more'],
    ['long ones', ['🙂'.repeat(5_000)], '…'],
  ])(
    "keeps reasons within GitHub's 1,024 characters, and says what is left out: %s",
    (_what, reasons, end) => {
      const { ask, judged } = door();
      ask();
      const [answer] = judged({ kind: 'rejected', code: 'GATE_NOT_PASSED', reasons });
      const { comment } = answer as { comment: string };
      expect(comment.length).toBeLessThanOrEqual(1_024);
      expect(comment.isWellFormed()).toBe(true);
      expect(comment.endsWith(end)).toBe(true);
    },
  );
});
