import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError } from '../../../core/errors.ts';
import { globMatcher } from '../../../core/gate/glob.ts';
import { parseOptions } from '../../../core/gate/options.ts';
import { editDistance, suggest } from '../../../core/gate/suggest.ts';
import { verdictOfFindings, worstVerdict } from '../../../core/gate/verdict.ts';
import fc from '../../support/fast-check.ts';

describe('globs', () => {
  it.each([
    ['*.sql', 'a.sql', true],
    ['*.sql', 'x/a.sql', false],
    ['**/*.sql', 'a.sql', true],
    ['**/*.sql', 'x/y/a.sql', true],
    ['migrations/**/*.sql', 'migrations/a.sql', true],
    ['migrations/**/*.sql', 'migrations/x/a.sql', true],
    ['migrations/**', 'migrations/x/a', true],
    ['migrations/**', 'other/a', false],
    ['k8s/**/*.{yml,yaml}', 'k8s/a.yaml', true],
    ['k8s/**/*.{yml,yaml}', 'k8s/a.json', false],
    ['{a,b}/{c,d}', 'b/c', true],
    ['?.txt', 'a.txt', true],
    ['?.txt', 'ab.txt', false],
    ['.github/workflows/*.yml', '.github/workflows/ci.yml', true],
    ['**/Dockerfile', 'Dockerfile', true],
    ['a.c', 'abc', false],
    ['a+b', 'a+b', true],
    ['./x', 'x', true],
  ])('%s and %s: %s', (glob, path, expected) => {
    expect(globMatcher([glob])(path)).toBe(expected);
  });

  it('takes away what a glob with ! names', () => {
    const matches = globMatcher(['**/*.sql', '!seeds/**']);
    expect([matches('a.sql'), matches('seeds/a.sql')]).toEqual([true, false]);
  });

  it('is quick on a pattern that makes backtracking engines explode', () => {
    const started = performance.now();
    expect(globMatcher([`${'*a'.repeat(40)}b`])('a'.repeat(200))).toBe(false);
    expect(globMatcher([`${'**/'.repeat(40)}b`])('a/'.repeat(200))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('suggestions', () => {
  it.each([
    ['realease', ['release', 'gates'], 'release'],
    ['gatse', ['release', 'gates'], 'gates'],
    ['postgresversion', ['postgres_version', 'paths'], 'postgres_version'],
    ['zzz', ['release', 'gates'], null],
  ])('%s of %j: %s', (word, candidates, expected) => {
    expect(suggest(word, candidates)).toBe(expected);
  });

  it('measure a distance that is symmetric, zero only for equal words, and at most the longer length', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('the options of a gate', () => {
  const schema = z.strictObject({
    paths: z.array(z.string()).default(['x']),
    nested: z.strictObject({ deep: z.number().optional() }).prefault({}),
    list: z.array(z.strictObject({ rule: z.string() })).default([]),
  });

  it('have their defaults when the section is missing', () => {
    expect(parseOptions(schema, undefined, 'gates.x')).toEqual({ paths: ['x'], nested: {}, list: [] });
  });

  it('report every problem at once, with its place and what was meant', () => {
    const raw = { path: [], nested: { depp: 1 }, list: [{ rule: 'a', rul: 'b' }], paths: 7 };
    const error = errorOf(() => parseOptions(schema, raw, 'gates.x'));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('gates.x.paths:');
    expect(error.message).toContain('gates.x: unknown key `path`; did you mean `paths`?');
    expect(error.message).toContain('gates.x.nested: unknown key `depp`; did you mean `deep`?');
    expect(error.message).toContain('gates.x.list.0: unknown key `rul`; did you mean `rule`?');
  });
});

describe('verdicts', () => {
  it('combine to the worst; none at all is inconclusive', () => {
    expect(worstVerdict(['pass', 'warn'])).toBe('warn');
    expect(worstVerdict(['pass', 'skipped'])).toBe('skipped');
    expect(worstVerdict(['warn', 'inconclusive'])).toBe('inconclusive');
    expect(worstVerdict(['inconclusive', 'fail'])).toBe('fail');
    expect(worstVerdict([])).toBe('inconclusive');
  });

  it('follow from the worst finding', () => {
    const at = (level: 'error' | 'warning' | 'notice') => ({ code: 'x', level, message: '', help: '' });
    expect(verdictOfFindings([])).toBe('pass');
    expect(verdictOfFindings([at('notice')])).toBe('pass');
    expect(verdictOfFindings([at('notice'), at('warning')])).toBe('warn');
    expect(verdictOfFindings([at('warning'), at('error')])).toBe('fail');
  });
});

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
