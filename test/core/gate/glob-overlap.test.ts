import { describe, expect, it } from 'vitest';
import { globMatcher } from '../../../core/gate/glob.ts';
import { globsOverlap } from '../../../core/gate/glob-overlap.ts';
import fc from '../../support/fast-check.ts';

describe('two globs', () => {
  it.each([
    ['api-v*', 'web-v*', null],
    ['api-v*', 'api-*', 'api-v'],
    ['v*', 'v*.*.*', 'v..'],
    ['v1.?', 'v?.2', 'v1.2'],
    ['{api,web}-v*', 'web-*', 'web-v'],
    ['{api,web}-v*', 'worker-*', null],
    ['api/v*', 'api/**', 'api/v'],
    ['api/v*', '*', null],
    ['**', 'anything/at/all', 'anything/at/all'],
    ['a/**/b', 'a/b', 'a/b'],
    ['api-v*', 'api-v*', 'api-v'],
  ])('%s and %s share %s', (a, b, common) => {
    expect(globsOverlap(a, b)).toBe(common);
    expect(globsOverlap(b, a)).toEqual(common === null ? null : expect.any(String));
  });

  const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/', '-'), maxLength: 7 });

  it('share what they say they share, and nothing when they say so', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-'), maxLength: 6 });
    fc.assert(
      fc.property(glob, glob, text, (a, b, candidate) => {
        const common = globsOverlap(a, b);
        const both = (one: string): boolean => globMatcher([a])(one) && globMatcher([b])(one);
        if (common !== null) expect(both(common)).toBe(true);
        else expect(both(candidate)).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });
});
