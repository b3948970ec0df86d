import { describe, expect, it } from 'vitest';
import { compareTags } from '../../../core/release/version.ts';

describe('the order of tags', () => {
  const rising = ['v1.0.0-alpha', 'v1.0.0-alpha.1', 'v1.0.0-alpha.beta', 'v1.0.0-beta', 'v1.0.0-beta.2'];
  const all = [...rising, 'v1.0.0-beta.11', 'v1.0.0-rc.1', 'v1.0.0', 'v1.0.1', 'v1.10.0', 'v2.0.0'];

  it('is that of semantic versions', () => {
    expect([...all].reverse().toSorted((a, b) => compareTags(a, b) ?? 0)).toEqual(all);
  });

  it.each([
    ['v1.0.0', 'v1.0.0+build.7', 0],
    ['api-v1.0.0', 'web-v2.0.0', null],
    ['v1.0.0', 'nightly', null],
    ['v1.2', 'v1.3', null],
  ])('of %s and %s is %s', (a, b, order) => {
    expect(compareTags(a, b)).toBe(order);
  });
});
