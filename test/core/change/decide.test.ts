import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../core/flow/effect.ts';
import type { ChangeEvent, EffectSettled } from '../../../core/flow/event.ts';
import { effectKey } from '../../../core/flow/key.ts';
import { checkNameOf, gateNames } from '../../../core/gate/names.ts';
import fc from '../../support/fast-check.ts';
import { report, repository, shaA, shaB } from '../support/facts.ts';
import { Change, from, updated } from './change.ts';

const opened = (pullRequest: number | null = 7): Change => {
  const change = new Change();
  change.send(updated(shaA, pullRequest));
  return change.settleAll();
};

describe('a change with a new head', () => {
  it('gets five queued checks under the seed’s names and one comment at once', () => {
    const change = new Change();
    const effects = change.send(updated(shaA));
    expect(effects.map(({ effect }) => effect.kind)).toEqual([
      ...gateNames.map(() => 'publishCheck'),
      'upsertComment',
    ]);
    for (const name of ['slo-gates', 'performance-gate', 'supply-chain', 'migration-gate', 'policy-ci']) {
      expect(change.check(name)).toMatchObject({ status: 'queued', conclusion: null, sha: shaA });
    }
    expect(change.comment).toContain('0 of 5 passed, 5 waiting');
  });

  it('of a merge group gets checks and no comment', () => {
    const effects = new Change().send(updated(shaA, null));
    expect(effects.map(({ effect }) => effect.kind)).toEqual(gateNames.map(() => 'publishCheck'));
  });

  it('gets nothing twice for the same head', () => {
    const change = opened();
    expect(change.send(updated(shaA))).toEqual([]);
  });

  it('forgets the results of the old head', () => {
    const change = opened();
    change.send({ type: 'gate.reported', report: report('slo') });
    change.settleAll().send(updated(shaB));
    expect(change.check('slo-gates', shaB)).toMatchObject({ status: 'queued' });
    expect(change.send({ type: 'gate.reported', report: report('perf', { sha: shaA }) })).toEqual([]);
    expect(change.state?.gates).toEqual({});
  });
});

describe('a merge group', () => {
  const requested = { ...updated(shaA, null), asOf: { updatedAt: 0, readAt: 0 } } as ChangeEvent;
  const destroyed: ChangeEvent = { type: 'change.closed', merged: false, asOf: { updatedAt: 1, readAt: 0 } };

  it('that is gone before anybody heard of it is never opened', () => {
    const change = new Change();
    for (const event of [destroyed, requested, requested]) expect(change.send(event)).toEqual([]);
    expect(change.state).toMatchObject({ open: false });
  });

  it('that is asked for twice and then gone ends once', () => {
    const change = new Change();
    for (const event of [requested, requested]) change.send(event);
    change.settleAll().send(destroyed);
    expect(change.settleAll().check('slo-gates')).toMatchObject({ conclusion: 'cancelled' });
    expect(change.send(requested)).toEqual([]);
  });
});

describe('a result of a run without a token that is refused', () => {
  const refused = (sha = shaA): EffectSettled => ({
    type: 'effect.settled',
    key: effectKey({ kind: 'change', repository, key: 'pr/7' }, 'collect/1/1'),
    kind: 'collectResults',
    outcome: {
      ok: true,
      value: {
        sha,
        accepted: [],
        refused: [
          {
            artifact: 'a',
            gate: 'slo',
            code: 'ORGANISATION_UNREAD',
            message: 'slo: it ran <!-- without',
            help: 'Push it.',
          },
          { artifact: 'b', code: 'ARTIFACT_EXPIRED', message: 'b has expired' },
        ],
      },
    },
  });

  it('is told in its check with what to do, until one comes that counts', () => {
    const change = opened();
    change.send(refused());
    const check = change.settleAll().check('slo-gates');
    expect(check).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
      title: 'inconclusive: the result was refused (ORGANISATION_UNREAD)',
    });
    expect(check?.summary).toContain('Push it.');
    expect(check?.summary).not.toContain('<!--');
    expect(change.check('performance-gate')).toMatchObject({ status: 'queued' });
    change.send({ type: 'gate.reported', report: report('slo') });
    expect(change.settleAll().check('slo-gates')?.conclusion).toBe('success');
  });

  it.each<[string, (change: Change) => void]>([
    ['one that counts is there', (change) => change.send({ type: 'gate.reported', report: report('slo') })],
    ['it is about another head', (change) => change.send(updated(shaB))],
  ])('changes no check when %s', (_when, before) => {
    const change = opened();
    before(change);
    change.settleAll();
    expect(change.send(refused()).map(({ effect }) => effect.kind)).toEqual([]);
  });
});

describe('a reported result', () => {
  it.each([
    ['pass', 'success'],
    ['warn', 'success'],
    ['fail', 'failure'],
    ['inconclusive', 'failure'],
    ['skipped', 'failure'],
  ] as const)('that is %s completes the check with %s', (verdict, conclusion) => {
    const change = opened();
    change.send({ type: 'gate.reported', report: report('migrations', { verdict }) });
    expect(change.check('migration-gate')).toMatchObject({ status: 'completed', conclusion, sha: shaA });
    expect(change.check('migration-gate')?.title).toContain(verdict);
    expect(change.comment).toContain(verdict);
  });

  it('puts findings on their lines', () => {
    const change = opened();
    const findings = [
      {
        code: 'not-null',
        level: 'error' as const,
        message: 'locks',
        help: 'split',
        path: 'db/2.sql',
        line: 4,
      },
    ];
    change.send({ type: 'gate.reported', report: report('migrations', { verdict: 'fail', findings }) });
    expect(change.check('migration-gate')?.annotations).toMatchObject([
      { path: 'db/2.sql', startLine: 4, endLine: 4, level: 'failure' },
    ]);
  });

  it.each([
    ['an older run', { runId: 4, runAttempt: 1 }],
    ['an older attempt', { runId: 5, runAttempt: 1 }],
    ['the same attempt again with a better verdict', { runId: 5, runAttempt: 2 }],
  ])('of %s never overwrites', (_name, origin) => {
    const change = opened();
    change.send({
      type: 'gate.reported',
      report: report('slo', { verdict: 'fail', runId: 5, runAttempt: 2 }),
    });
    change.settleAll();
    expect(change.send({ type: 'gate.reported', report: report('slo', origin) })).toEqual([]);
    expect(change.check('slo-gates')?.conclusion).toBe('failure');
  });

  it.each([
    ['a newer attempt', { runId: 5, runAttempt: 3 }],
    ['a newer run', { runId: 6, runAttempt: 1 }],
  ])('of %s replaces the old one', (_name, origin) => {
    const change = opened();
    change.send({
      type: 'gate.reported',
      report: report('slo', { verdict: 'fail', runId: 5, runAttempt: 2 }),
    });
    change.settleAll().send({ type: 'gate.reported', report: report('slo', origin) });
    expect(change.check('slo-gates')?.conclusion).toBe('success');
  });

  it('arriving while the queued check is still being written waits for it', () => {
    const change = new Change();
    change.send(updated(shaA));
    expect(
      change
        .send({ type: 'gate.reported', report: report('slo') })
        .filter(({ id }) => id.startsWith('check/')),
    ).toEqual([]);
    expect(change.settle('check/slo-gates/1').map(({ id }) => id)).toEqual(['check/slo-gates/2']);
    expect(change.check('slo-gates')?.conclusion).toBe('success');
  });

  it('cannot bring markup into the comment', () => {
    const change = opened();
    const summary = '@everyone <!-- release-conductor:verdicts --> [x](http://evil) | /promote 100';
    change.send({ type: 'gate.reported', report: report('slo', { summary }) });
    expect(change.comment).not.toContain('@everyone');
    expect(change.comment).not.toContain('<!--');
    expect(change.comment).not.toMatch(/(?<!\\)\[x/);
    expect(change.comment).not.toMatch(/^\s*\//m);
  });
});

describe('a re-run', () => {
  it('makes the older success void until the newer run reports', () => {
    const change = opened();
    const old = report('slo', { runId: 5, runAttempt: 1 });
    change.send({ type: 'gate.reported', report: old });
    change.settleAll().send({ type: 'checks.rerequested', gates: ['slo'] });
    expect(change.check('slo-gates')).toMatchObject({ status: 'queued' });
    change.settleAll().send({ type: 'gate.reported', report: old });
    expect(change.check('slo-gates')).toMatchObject({ status: 'queued' });
    change.send({ type: 'gate.reported', report: report('slo', { runId: 5, runAttempt: 2 }) });
    expect(change.check('slo-gates')).toMatchObject({ conclusion: 'success' });
  });
});

describe('"Re-run", pressed on a check', () => {
  const reported = (): Change => {
    const change = opened();
    for (const gate of ['slo', 'perf'] as const)
      change.send({ type: 'gate.reported', report: report(gate, { runId: 5, runAttempt: 1 }) });
    return change.settleAll();
  };
  const key = (id: string) => effectKey({ kind: 'change', repository, key: 'pr/7' }, id);
  const press = (change: Change, name: string, written = change.written(name)): readonly Effect[] =>
    change
      .send({
        type: 'checks.rerequested',
        gates: [name === 'slo-gates' ? 'slo' : 'perf'],
        sha: shaA,
        by: 'bob',
        seen: key(`check/${name}/${written}`),
      })
      .map(({ effect }) => effect);
  const orders = (effects: readonly Effect[]) => effects.filter(({ kind }) => kind === 'rerunWorkflow');
  const refuse = (change: Change) =>
    change.send({
      type: 'effect.settled',
      key: key('rerun/1/5'),
      kind: 'rerunWorkflow',
      outcome: {
        ok: false,
        code: 'GITHUB_FORBIDDEN',
        message: 'Unable to retry <!-- it was created over a month ago',
      },
    });

  it('runs the workflow that reported it again', () => {
    const change = reported();
    const effects = press(change, 'slo-gates');
    expect(orders(effects)).toEqual([
      { kind: 'rerunWorkflow', runId: 5, since: { at: change.now, attempt: 1 } },
    ]);
    expect(change.check('slo-gates')).toMatchObject({ status: 'queued' });
  });

  it('makes no newer result void when its webhook comes after the result of the re-run', () => {
    const change = reported();
    const pressedOn = change.written('slo-gates');
    const newer = report('slo', { runId: 5, runAttempt: 2, summary: 'anew' });
    change.send({ type: 'gate.reported', report: newer });
    expect(press(change.settleAll(), 'slo-gates', pressedOn)).toEqual([]);
    expect(change.check('slo-gates')).toMatchObject({ conclusion: 'success' });
  });

  it('runs a workflow once for two of its gates, and again for a gate that reported meanwhile', () => {
    const change = reported();
    expect(orders(press(change, 'slo-gates'))).toHaveLength(1);
    expect(orders(press(change.settleAll(), 'performance-gate'))).toEqual([]);
    expect(change.check('performance-gate')).toMatchObject({ status: 'queued' });
    const anew = report('perf', { runId: 5, runAttempt: 2, summary: 'anew' });
    change.settleAll().send({ type: 'gate.reported', report: anew });
    expect(orders(press(change.settleAll(), 'performance-gate'))).toHaveLength(1);
  });

  it('orders nothing for a check that no run reported', () => {
    expect(orders(press(opened(), 'slo-gates'))).toEqual([]);
  });

  it('that GitHub refuses ends with what to do, and with a result that comes nevertheless', () => {
    const change = reported();
    press(change, 'slo-gates');
    refuse(change.settleAll());
    const check = change.settleAll().check('slo-gates');
    expect(check).toMatchObject({ status: 'completed', conclusion: 'failure' });
    expect(check?.summary).toContain('created over a month ago');
    expect(check?.summary).toContain('push a commit');
    expect(check?.summary).not.toContain('<!--');
    expect(change.comment).toContain('GitHub did not run it again');
    expect(change.check('performance-gate')).toMatchObject({ conclusion: 'success' });
    change.send({ type: 'gate.reported', report: report('slo', { runId: 9 }) });
    expect(change.settleAll().check('slo-gates')).toMatchObject({ conclusion: 'success' });
  });

  it('that was refused and then answered by another run is not red again', () => {
    const change = reported();
    press(change, 'slo-gates');
    change.settleAll().send({ type: 'gate.reported', report: report('slo', { runId: 9 }) });
    refuse(change.settleAll());
    expect(change.settleAll().check('slo-gates')).toMatchObject({ conclusion: 'success' });
  });
});

describe('what was read of a pull request', () => {
  const read = (headSha: string, updatedAt: number, readAt: number): ChangeEvent => ({
    ...updated(headSha),
    asOf: { updatedAt, readAt },
  });

  it('does not set it back when somebody has read something newer meanwhile', () => {
    const change = new Change();
    change.send(read(shaB, 2_000, 2_500));
    expect(change.send(read(shaA, 1_000, 9_000))).toEqual([]);
    expect(change.send(read(shaA, 2_000, 2_400))).toEqual([]);
    expect(
      change.send({ type: 'change.closed', merged: false, asOf: { updatedAt: 2_000, readAt: 1 } }),
    ).toEqual([]);
    expect(change.state).toMatchObject({ sha: shaB, open: true });
  });

  it('is not opened by what was read before it was closed', () => {
    const change = new Change();
    change.send(read(shaA, 1_000, 1_500));
    change.send({ type: 'change.closed', merged: false, asOf: { updatedAt: 3_000, readAt: 3_100 } });
    change.send(read(shaA, 2_000, 3_200));
    expect(change.state?.open).toBe(false);
    change.send(read(shaA, 4_000, 4_100));
    expect(change.state?.open).toBe(true);
  });
});

describe('what was asked of an older head', () => {
  it('makes no result of the head void', () => {
    const change = opened();
    change.send({ type: 'gate.reported', report: report('slo') });
    expect(change.settleAll().send({ type: 'checks.rerequested', gates: 'all', sha: shaB })).toEqual([]);
    expect(change.check('slo-gates')).toMatchObject({ conclusion: 'success' });
  });

  it('collects nothing for the head', () => {
    const change = opened();
    expect(change.send({ type: 'run.completed', sha: shaB, runId: 7, attempt: 1 })).toEqual([]);
    expect(change.send({ type: 'run.completed', sha: shaA, runId: 7, attempt: 1 })).toHaveLength(1);
  });
});

describe('a closed change', () => {
  it('is left alone, and picked up when it is reopened', () => {
    const change = opened();
    change.send({ type: 'change.closed', merged: false });
    expect(change.send({ type: 'gate.reported', report: report('slo') })).toEqual([]);
    expect(change.send({ type: 'checks.rerequested', gates: 'all' })).toEqual([]);
    change.send(updated(shaA));
    expect(change.send({ type: 'gate.reported', report: report('slo') }).length).toBeGreaterThan(0);
  });
});

describe('events in any order', () => {
  it('end with GitHub showing the newest result of each gate, and never use an effect id twice', () => {
    const event = fc.oneof(
      fc.constantFrom(updated(shaA), updated(shaA), updated(shaB)),
      fc
        .record({
          gate: fc.constantFrom(...gateNames),
          verdict: fc.constantFrom('pass', 'fail'),
          runId: fc.integer({ min: 1, max: 9 }),
          sha: fc.constantFrom(shaA, shaB),
          event: fc.constantFrom('pull_request', 'deployment'),
        })
        .map(
          ({ gate, event, ...options }): ChangeEvent => ({
            type: 'gate.reported',
            report: from(event, report(gate, { ...options, verdict: options.verdict as 'pass' | 'fail' })),
          }),
        ),
      fc.nat(40).map((n) => n),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const change = new Change();
        for (const one of events) {
          if (typeof one === 'number') change.settle(change.effects[one]?.id ?? 'check/none/1');
          else change.send(one);
        }
        change.settleAll();
        const ids = change.effects.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const { state } = change;
        if (state === null || state.sha === '') return;
        for (const gate of gateNames) {
          const verdicts = [state.gates[gate], state.previewed?.[gate]].flatMap((one) => one?.verdict ?? []);
          const shown = change.check(checkNameOf[gate], state.sha);
          const all = verdicts.every((verdict) => verdict === 'pass') ? 'success' : 'failure';
          expect(shown?.conclusion ?? null).toBe(verdicts.length === 0 ? null : all);
        }
      }),
    );
  });
});

describe('a gate that looks at a change in its preview too', () => {
  const own = (verdict: 'pass' | 'fail', runId = 1): ChangeEvent => ({
    type: 'gate.reported',
    report: from('pull_request', report('slo', { verdict, runId })),
  });
  const inPreview = (verdict: 'pass' | 'fail', runId = 2): ChangeEvent => ({
    type: 'gate.reported',
    report: from('deployment', report('slo', { verdict, runId })),
  });

  it.each<[string, ChangeEvent[], string]>([
    ['passes when both looks pass', [own('pass'), inPreview('pass')], 'success'],
    ['passes by its preview alone', [inPreview('pass')], 'success'],
    ['fails when the preview does', [own('pass'), inPreview('fail')], 'failure'],
    ['fails when the preview did before', [inPreview('fail'), own('pass', 3)], 'failure'],
    [
      'fails when the push does, whatever the preview says later',
      [own('fail'), inPreview('pass')],
      'failure',
    ],
    [
      'passes when the next preview is better',
      [own('pass'), inPreview('fail'), inPreview('pass', 3)],
      'success',
    ],
  ])('%s', (_name, events, conclusion) => {
    const change = opened();
    for (const event of events) change.send(event);
    expect(change.settleAll().check('slo-gates')).toMatchObject({ status: 'completed', conclusion });
    expect(change.comment).toContain(conclusion === 'success' ? '✅ pass' : '❌ fail');
  });

  it('says in the check what the other look said', () => {
    const change = opened();
    change.send(inPreview('fail'));
    change.settleAll().send(own('pass'));
    const check = change.settleAll().check('slo-gates');
    expect(check?.title).toMatch(/^fail in its preview: /);
    expect(check?.summary).toContain('**The other look at this commit**, in its preview: fail');
  });

  it('stays red while only the push is run again, and runs the preview again when that is what fails', () => {
    const change = opened();
    for (const event of [own('pass'), inPreview('fail')]) change.send(event);
    change.settleAll().send({ type: 'checks.rerequested', gates: ['slo'] });
    expect(change.settleAll().check('slo-gates')?.conclusion).toBe('failure');
    change.send(own('pass', 5));
    expect(change.settleAll().check('slo-gates')?.conclusion).toBe('failure');
    change.send(inPreview('pass', 6));
    expect(change.settleAll().check('slo-gates')?.conclusion).toBe('success');
  });

  it('waits for the push that was asked for again, whatever the preview says', () => {
    const change = opened();
    for (const event of [own('pass'), inPreview('pass')]) change.send(event);
    change.settleAll().send({ type: 'checks.rerequested', gates: ['slo'] });
    change.settleAll().send(inPreview('pass', 7));
    expect(change.settleAll().check('slo-gates')).toMatchObject({ status: 'queued' });
    change.send(own('pass', 8));
    expect(change.settleAll().check('slo-gates')?.conclusion).toBe('success');
  });
});
