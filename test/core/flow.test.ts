import { describe, expect, it } from 'vitest';
import { markedKey, withMarker } from '../../adapters/github/marker.ts';
import { type Channel, closedChannel, offer, release } from '../../core/flow/channel.ts';
import { aggregateOfKey, effectIdOf, effectKey } from '../../core/flow/key.ts';
import fc from '../support/fast-check.ts';

describe('a channel', () => {
  it('has one write under way, keeps only the newest content and ends with it written', () => {
    const step = fc.oneof(fc.nat(4), fc.constant('settle' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let channel: Channel<number> = closedChannel;
        const written: number[] = [];
        let newest: number | null = null;
        const send = (content: number): void => {
          const busy = channel.busySince !== null;
          const offered = offer(channel, content, 1);
          channel = offered.channel;
          if (offered.write === null) return;
          expect(busy).toBe(false);
          written.push(content);
        };
        const settle = (): void => {
          const released = release(channel, channel.n);
          channel = released.channel;
          if (released.next !== null) send(released.next);
        };
        for (const one of steps) {
          if (one === 'settle') settle();
          else {
            newest = one;
            send(one);
          }
        }
        settle();
        settle();
        expect(written.at(-1) ?? null).toBe(newest);
        written.forEach((content, n) => {
          expect(content).not.toBe(written[n - 1]);
        });
      }),
    );
  });

  it('takes the outcome of an older write for none', () => {
    const first = offer<string>(closedChannel, 'a', 1).channel;
    expect(release(first, 7).channel).toBe(first);
  });

  it('writes nothing again that the store gave back with its keys in another order', () => {
    const { channel } = offer<object>(closedChannel, { title: 'a', of: [{ b: 1, a: 2 }] }, 1);
    expect(offer<object>(channel, { of: [{ a: 2, b: 1 }], title: 'a' }, 2).write).toBeNull();
    expect(offer<object>(release(channel, 1).channel, { of: [{ a: 2, b: 2 }], title: 'a' }, 2).write).toBe(2);
  });

  it('gives up a write whose outcome never comes', () => {
    const first = offer<string>(closedChannel, 'a', 0).channel;
    expect(offer(first, 'b', 1_000).write).toBeNull();
    expect(offer(first, 'b', 1_000_000).write).toBe(2);
  });
});

describe('the key of an effect', () => {
  it('is safe in a marker and gives its id back', () => {
    const key = effectKey({ kind: 'release', repository: 'acme/shop', key: 'v1--><script>#x' }, 'deploy/2');
    expect(key).not.toMatch(/[<> ]|-->/);
    expect(effectIdOf(key)).toBe('deploy/2');
    expect(effectIdOf('deploy/2')).toBe('deploy/2');
  });

  it('gives its aggregate back, whatever the tag, through a marker too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (tag) => {
        const ref = { kind: 'release', repository: 'acme/shop', key: tag } as const;
        const key = effectKey(ref, 'tracking/1');
        expect(aggregateOfKey(key)).toEqual(ref);
        expect(aggregateOfKey(markedKey(withMarker(key, 'body')) ?? '')).toEqual(ref);
      }),
    );
  });
});
