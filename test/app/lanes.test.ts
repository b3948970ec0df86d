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
