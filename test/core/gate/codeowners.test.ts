import { describe, expect, it } from 'vitest';
import { ownersOf, parseCodeowners, requiredOwners } from '../../../core/gate/codeowners.ts';

describe('CODEOWNERS', () => {
  it.each([
    ['*', 'a/b.ts', true],
    ['*.js', 'a/b.js', true],
    ['*.js', 'a/b.ts', false],
    ['/build/logs/', 'build/logs/x/y', true],
    ['/build/logs/', 'a/build/logs/x', false],
    ['docs/*', 'docs/a.md', true],
    ['docs/*', 'docs/a/b.md', false],
    ['docs/*', 'x/docs/a.md', false],
    ['apps/', 'x/apps/a', true],
    ['apps/', 'apps', false],
    ['/docs/', 'docs/a/b', true],
    ['/scripts', 'scripts/a', true],
    ['/scripts', 'scripts', true],
    ['scripts', 'a/scripts/b', true],
    ['**/logs', 'a/b/logs/c', true],
    ['**/logs', 'logs/c', true],
    ['/apps/**/x.ts', 'apps/a/b/x.ts', true],
    ['/apps/**/x.ts', 'apps/x.ts', true],
    ['/apps/**', 'apps/a/b', true],
    ['/apps/**', 'apps', false],
    ['/apps/**/', 'apps/a', false],
    ['/apps/**/', 'apps/a/b', true],
    ['**', 'a/b', true],
    ['a**c', 'x/abc', true],
    ['{a,b}', 'a', false],
    ['a.c', 'abc', false],
    ['file?.ts', 'file1.ts', true],
    ['file?.ts', 'file12.ts', false],
    ['/my\\ docs/', 'my docs/a.md', true],
    ['/my\\ docs/', 'my/a.md', false],
    ['/Docs/', 'docs/a', false],
    ['/**', 'a/b', true],
  ])('%s and %s: %s', (pattern, path, owned) => {
    expect(ownersOf(parseCodeowners(`${pattern} @ada`), path) !== null).toBe(owned);
  });

  it.each([
    ['stars in a name', `${'*a'.repeat(2_000)}b`, 'a'.repeat(4_000)],
    ['folders of any depth', `/${'**/x/'.repeat(150)}y`, `${'x/'.repeat(600)}z`],
  ])(
    'answers at once for a line with many %s',
    (_name, pattern, path) => {
      const start = performance.now();
      expect(ownersOf(parseCodeowners(`${pattern} @eve`), path)).toBeNull();
      expect(performance.now() - start).toBeLessThan(2_000);
    },
    10_000,
  );

  it('leaves out a line with an owner that is none, as GitHub does, so that the line before it holds', () => {
    const rules = parseCodeowners(
      '* @ada\n/policies/ grace\n/gates/ @grace and @eve\n/mail/ team@example.org\n',
    );
    expect(ownersOf(rules, 'policies/a.rego')).toEqual(['@ada']);
    expect(ownersOf(rules, 'gates/a')).toEqual(['@ada']);
    expect(ownersOf(rules, 'mail/a')).toEqual(['team@example.org']);
  });

  it('lets the last line that matches decide, and a line without owners take them away', () => {
    const rules = parseCodeowners(
      '* @ada\r\n/docs/ @grace @acme/docs # the writers\n/docs/free.md\n!x @eve\n[a] @eve\n',
    );
    expect(ownersOf(rules, 'a.ts')).toEqual(['@ada']);
    expect(ownersOf(rules, 'docs/a.md')).toEqual(['@grace', '@acme/docs']);
    expect(ownersOf(rules, 'docs/free.md')).toEqual([]);
    expect(requiredOwners(rules, ['a.ts', 'b.ts', 'docs/a.md', 'docs/free.md'])).toEqual([
      ['@ada'],
      ['@grace', '@acme/docs'],
    ]);
    expect(requiredOwners(parseCodeowners(''), ['a.ts'])).toEqual([]);
  });
});
