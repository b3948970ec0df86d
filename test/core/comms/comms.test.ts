import { describe, expect, it } from 'vitest';
import { releaseNotes } from '../../../core/comms/release-notes.ts';
import { postable } from '../../../core/comms/safe-text.ts';
import { unknownRelease } from '../../../core/release/state.ts';
import { planFacts, shaA } from '../support/facts.ts';

describe('a text to post', () => {
  it.each([
    ['/promote 50', '\\/promote 50'],
    ['a\n  /rollback', 'a\n  \\/rollback'],
    ['a /promote', 'a /promote'],
  ])('%j begins no line with a slash', (text, safe) => {
    expect(postable(text)).toBe(safe);
  });

  it('fits into a comment and is well-formed', () => {
    const text = postable(`${'x'.repeat(100_000)}\ud800`);
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(postable('\ud800').isWellFormed()).toBe(true);
  });
});

describe('release notes', () => {
  const notes = (titles: readonly string[], tag = 'v1.1.0', previous: string | null = 'v1.0.0'): string =>
    releaseNotes({
      ...unknownRelease,
      tag,
      sha: shaA,
      plan: planFacts({
        previous: previous === null ? null : { tag: previous, commit: '0'.repeat(40) },
        changes: titles.map((title, n) => ({
          sha: `${n}`.repeat(40),
          title,
          author: n % 2 ? 'grace' : 'ada',
          pullRequest: n === 0 ? 12 : null,
        })),
      }),
    });

  it('group changes by their kind', () => {
    const text = notes(['feat(cart): vouchers', 'fix: prices', 'Update README', 'chore: deps']);
    expect(text).toMatch(/## Features\n\n- \*\*cart:\*\* vouchers \(#12\)/);
    expect(text).toMatch(/## Fixes\n\n- prices \(1111111\)/);
    expect(text).toMatch(/## Maintenance\n\n- deps/);
    expect(text).toMatch(/## Other changes\n\n- Update README/);
    expect(text).toMatch(/## Contributors\n\nada, grace/);
    expect(text).toContain('deploy `v1.0.0`');
  });

  it('name breaking changes as risks and doubt a version number that hides them', () => {
    const text = notes(['feat!: new API']);
    expect(text).toContain('- Breaking: new API');
    expect(text).toContain('**minor**, although the changes suggest major');
  });

  it('say that a first release cannot be rolled back', () => {
    expect(notes(['feat: all'], 'v1.0.0', null)).toContain('no earlier verified version');
  });

  it.each(['feat: @everyone', 'fix: <!-- x -->', 'x ![i](http://evil/p.png)', '/promote 100'])(
    'keep %j harmless',
    (title) => {
      const text = notes([title]);
      expect(text).not.toMatch(/@everyone|<!--|!\[i\]\(/);
      expect(text).not.toMatch(/^\s*\//m);
    },
  );
});
