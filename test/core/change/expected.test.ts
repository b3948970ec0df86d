import { describe, expect, it } from 'vitest';
import { countingGates } from '../../../core/change/previewed.ts';
import type { ChangeEvent, GateReport } from '../../../core/flow/event.ts';
import type { Outlook } from '../../../core/preview/outlook.ts';
import { report, shaA, shaB } from '../support/facts.ts';
import { Change, from, updated } from './change.ts';

const expected = (kind: Outlook['kind'], sha = shaA): ChangeEvent => ({
  type: 'preview.expected',
  outlook: { sha, kind, text: `because ${kind}` },
});
const reported = (given: GateReport): ChangeEvent => ({ type: 'gate.reported', report: given });
const own = (verdict: 'pass' | 'fail' = 'pass', runId = 1) =>
  reported(from('pull_request', report('slo', { verdict, runId })));
const walked = (verdict: 'pass' | 'fail' = 'pass', runId = 2) =>
  reported(from('deployment', report('slo', { verdict, runId })));
const opens = (sha = shaA, walksPreviews = true): ChangeEvent => ({ ...updated(sha), walksPreviews });

/** The check `slo-gates` of the head after all of this, settled after each. */
function told(...events: readonly ChangeEvent[]): Change {
  const change = new Change();
  for (const event of events) change.settleAll().send(event);
  return change.settleAll();
}

describe('the check slo-gates of a change whose previews are walked', () => {
  it.each<[string, ChangeEvent[], string]>([
    ['as long as nobody knows whether there will be one', [own()], 'queued'],
    ['while one is made', [expected('awaited'), own()], 'queued'],
    ['while one is made that was announced after the result', [own(), expected('awaited')], 'queued'],
    ['although one was not asked for at first', [expected('none'), own(), expected('awaited')], 'queued'],
    ['when what is known is about another head', [expected('none', shaB), own()], 'queued'],
  ])('waits %s', (_name, events, status) => {
    const change = told(opens(), ...events);
    expect(change.check('slo-gates')).toMatchObject({ status, conclusion: null });
    expect(countingGates(change.state as never).slo?.superseded).toBe(true);
    expect(change.comment).not.toContain('✅ pass');
  });

  it.each<[string, ChangeEvent[], 'success' | 'failure']>([
    ['passes where none is asked for', [expected('none'), own()], 'success'],
    ['passes when it turns out that none is asked for', [own(), expected('none')], 'success'],
    ['passes when the preview was walked', [expected('awaited'), own(), walked()], 'success'],
    ['stays passed when the preview ends later', [own(), walked(), expected('missing')], 'success'],
    ['fails at once when its runs do', [expected('awaited'), own('fail')], 'failure'],
    ['fails when what was asked for cannot be had', [own(), expected('missing')], 'failure'],
    ['fails when the preview did, though it is gone', [own(), walked('fail'), expected('none')], 'failure'],
  ])('%s', (_name, events, conclusion) => {
    expect(told(opens(), ...events).check('slo-gates')).toMatchObject({ status: 'completed', conclusion });
  });

  it('says what is waited for, what is missing, and why nobody waits', () => {
    const change = told(opens(), expected('awaited'), own());
    expect(change.check('slo-gates')?.title).toBe('Waiting for the golden paths of the preview');
    expect(change.check('slo-gates')?.summary).toContain('because awaited');
    change.send(expected('missing'));
    expect(change.settleAll().check('slo-gates')?.title).toMatch(/^inconclusive: /);
    expect(change.check('slo-gates')?.summary).toContain('because missing');
    change.send(expected('none'));
    expect(change.settleAll().check('slo-gates')?.summary).toContain(
      '**Judged by the runs of its push alone**: because none.',
    );
  });

  it('passes with the reason where the config takes what is reported and the preview was refused', () => {
    const change = told(opens(shaA, false), own(), expected('none'));
    expect(change.check('slo-gates')).toMatchObject({
      conclusion: 'success',
      summary: expect.stringContaining('**Judged by the runs of its push alone**: because none.'),
    });
    expect(told(opens(shaA, false), own(), expected('none', shaB)).check('slo-gates')?.summary).not.toContain(
      'because none',
    );
  });

  it('begins anew with each head', () => {
    const change = told(opens(), expected('none'), own(), opens(shaB));
    change.send(reported(from('pull_request', report('slo', { sha: shaB, runId: 9 }))));
    expect(change.settleAll().check('slo-gates', shaB)?.status).toBe('queued');
    change.send(expected('none', shaB));
    expect(change.settleAll().check('slo-gates', shaB)?.conclusion).toBe('success');
  });

  it('waits for nothing once the base branch asks for nothing, and for all again once it does', () => {
    const change = told(opens(), own(), opens(shaA, false));
    expect(change.check('slo-gates')?.conclusion).toBe('success');
    change.send(opens());
    expect(change.settleAll().check('slo-gates')?.status).toBe('queued');
    // A base that cannot be read changes nothing.
    change.send(updated(shaA));
    expect(change.settleAll().check('slo-gates')?.status).toBe('queued');
  });

  it('can be run again while it waits', () => {
    const change = told(opens(), own(), { type: 'checks.rerequested', gates: ['slo'] }, own('pass', 5));
    expect(change.check('slo-gates')?.status).toBe('queued');
    change.send(expected('none'));
    expect(change.settleAll().check('slo-gates')?.conclusion).toBe('success');
  });

  it('leaves the other gates alone', () => {
    const change = told(opens(), reported(report('perf')));
    expect(change.check('performance-gate')?.conclusion).toBe('success');
  });
});
