import { describe, expect, it } from 'vitest';
import { laneOf, lanePolicy } from '../../app/flow/lanes.ts';
import type { Effect } from '../../core/flow/effect.ts';

const release = { kind: 'release', repository: 'acme/shop', key: 'v1.1.0' } as const;
const lane = (id: string, effect: object): string => laneOf(release, id, effect as Effect);
const deployment = (service?: string): object => ({
  kind: 'createDeployment',
  environment: 'production',
  payload: service === undefined ? {} : { service },
});

describe('effects that may not overlap', () => {
  it('are deployments of one service to one environment', () => {
    expect(lane('deploy/1', deployment())).toBe(lane('deploy/2', deployment()));
    expect(lane('deploy/1', deployment('api'))).not.toBe(lane('deploy/1', deployment('web')));
  });

  it('are writes of one sticky comment: the newest counts for all, and no second one is made', () => {
    const comment = (issue: number, marker = 'verdicts'): object => ({
      kind: 'upsertComment',
      issue,
      marker,
    });
    expect(lane('comment/1', comment(7))).toBe(lane('comment/2', comment(7)));
    expect(lane('comment/1', comment(7))).not.toBe(lane('comment/1', comment(8)));
    expect(lane('comment/1', comment(7))).not.toBe(lane('comment/1', comment(7, 'other')));
    expect(lanePolicy('upsertComment')).toBe('newest-counts-for-all');
  });

  it('are writes of one check of a commit', () => {
    const check = (sha: string, name = 'slo-gates'): object => ({ kind: 'publishCheck', sha, name });
    expect(lane('check/1', check('a'))).toBe(lane('check/2', check('a')));
    expect(lane('check/1', check('a'))).not.toBe(lane('check/1', check('b')));
    expect(lane('check/1', check('a'))).not.toBe(lane('check/1', check('a', 'perf-gates')));
    expect(lanePolicy('publishCheck')).toBe('newest-counts-for-all');
  });

  it('are readings of one preview: of two side by side the older one could be decided on last', () => {
    const preview = (key: string): string =>
      laneOf({ ...release, kind: 'preview', key }, 'read/1', { kind: 'readPreview' } as Effect);
    expect(preview('pr/1')).toBe(preview('pr/1'));
    expect(preview('pr/1')).not.toBe(preview('pr/2'));
    expect(lanePolicy('readPreview')).toBe('newest-counts-for-all');
  });

  it.each(['measureCanary', 'assessCommand', 'openIssue', 'notify', 'packEvidence', 'startTimer'])(
    'are not two of the kind %s: one that waits for its time keeps no other waiting',
    (kind) => {
      expect(lane('x/1', { kind })).not.toBe(lane('x/2', { kind }));
    },
  );
});
