import { describe, expect, it } from 'vitest';
import { parseChange } from '../../../adapters/conventional-commits/index.ts';
import { notesPreview } from '../../../core/comms/notes-preview.ts';
import { releaseNotes } from '../../../core/comms/release-notes.ts';
import { postable } from '../../../core/comms/safe-text.ts';
import { recordOf } from '../../../core/gate/record.ts';
import { type ReleaseState, unknownRelease } from '../../../core/release/state.ts';
import { config, planFacts, report, shaA } from '../support/facts.ts';

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
  const notes = (
    messages: readonly string[],
    change: Partial<ReleaseState> = {},
    labels: readonly string[] = [],
    previous: string | null = 'v1.0.0',
  ): string =>
    releaseNotes({
      ...unknownRelease,
      tag: 'v1.1.0',
      sha: shaA,
      plan: planFacts({
        previous: previous === null ? null : { tag: previous, commit: '0'.repeat(40) },
        changes: messages.map((message, n) => ({
          ...parseChange({ sha: `${n}`.repeat(40), message, author: n % 2 ? 'grace' : 'ada' }),
          labels,
        })),
      }),
      ...change,
    });

  it('group changes by their kind', () => {
    const text = notes([
      'feat(cart): vouchers (#12)',
      'Fix: prices',
      'Update README',
      'chore: deps',
      'wip(x): half',
      'revert: an old thing\n\nRefs: abcdef1',
    ]);
    expect(text).toMatch(/## Features\n\n- \*\*cart:\*\* vouchers \(#12\)\n/);
    expect(text).toMatch(/## Fixes\n\n- prices \(1111111\)/);
    expect(text).toMatch(/## Maintenance\n\n- deps/);
    expect(text).toMatch(/## Reverts\n\n- an old thing/);
    expect(text).toMatch(/## Other changes\n\n- Update README \(2222222\)\n- wip\(x\): half/);
    expect(text).toMatch(/## Contributors\n\nada, grace/);
    expect(text).toContain('deploy `v1.0.0`');
  });

  it('tell what breaks in the words of the change', () => {
    const text = notes(
      ['feat!: new API (#3)', 'fix: ids\n\nBREAKING CHANGE: ids are texts\nnow.\n\nRefs: #4'],
      {
        tag: 'v2.0.0',
      },
    );
    expect(text).toContain('- Breaking: new API (#3)');
    expect(text).toMatch(/## Breaking changes\n\n- new API \(#3\)\n- ids \(1111111\): ids are texts now\./);
    expect(text).toContain('Semantic version: **major**.');
  });

  it.each([
    ['a title', ['feat!: new API'], []],
    ['a footer', ['fix: x\n\nBREAKING-CHANGE: y'], []],
    ['a label', ['Do something'], ['breaking-change']],
  ])('call a version too low by %s', (_what, messages, labels) => {
    expect(notes(messages, {}, labels)).toContain(
      '- Version: `VERSION_TOO_LOW` v1.1.0 is a minor version, the changes since v1.0.0 ask for major: v2.0.0 or higher.',
    );
  });

  it('leave out what a label says, and count it all the same', () => {
    const text = notes(['feat!: secret'], {}, ['skip-changelog']);
    expect(text).not.toContain('## Features');
    expect(text).toContain('VERSION_TOO_LOW');
  });

  it('cancel a change with its revert, and a revert with its own', () => {
    const sha = '2'.repeat(40);
    expect(notes(['docs: x', `Revert "feat: y"\n\nThis reverts commit ${sha}.`, 'feat: y'])).toContain(
      '1 change, 2 more cancel each other.',
    );
    expect(notes(['Revert "feat: y (#7)" (#8)\n\nReverts acme/shop#7', 'feat: y (#7)'])).not.toContain(
      'Features',
    );
    const again = notes([
      'Reapply "feat: y" (#9)',
      'Revert "feat: y (#7)" (#8)\n\nReverts acme/shop#7',
      'feat: y (#7)',
    ]);
    expect(again).toMatch(/## Features\n\n- y \(#7\)/);
  });

  it('tell a merged pull request once', () => {
    const text = notes([
      'Merge pull request #5 from acme/cart\n\nfeat: cart',
      'feat: cart',
      "Merge branch 'main' into cart",
    ]);
    expect(text.match(/^- cart/gm)).toEqual(['- cart']);
    expect(text).toContain('- cart (#5)');
    expect(text).not.toContain('Merge branch');
  });

  it('name migrations, new vulnerabilities and overrides as risks', () => {
    const gates = {
      migrations: recordOf(
        report('migrations', {
          summary: '1 migration new or changed: 1 warning',
          findings: [
            { code: 'adding-field', level: 'warning', message: 'takes a lock', help: 'x', path: 'db/1.sql' },
          ],
        }),
      ),
      'supply-chain': recordOf(
        report('supply-chain', {
          findings: [{ code: 'vulnerability-new', level: 'error', message: 'CVE-1 in @evil/x', help: 'x' }],
        }),
      ),
    };
    const override = {
      n: 1,
      gate: 'perf',
      reason: 'generator down',
      by: 'ada',
      approvedBy: [],
      at: 0,
      until: 1_000,
    } as const;
    const text = notes(['fix: x'], { gates, overrides: [override] });
    expect(text).toContain('- Migration: 1 migration new or changed: 1 warning');
    expect(text).toContain('- Migration: db/1.sql: takes a lock');
    expect(text).toContain('- New vulnerability: CVE-1 in @\u200bevil/x');
    expect(text).toContain(
      '- Overridden: `performance-gate` by ada until 1970-01-01T00:00:01.000Z: generator down',
    );
  });

  it('say who has not looked yet when they found no risk', () => {
    expect(notes(['fix: x'], { gates: {} })).toContain('None found; not looked at yet by `slo-gates`');
  });

  it('say that a first release cannot be rolled back', () => {
    expect(notes(['feat: all'], { tag: 'v1.0.0' }, [], null)).toContain('no earlier verified version');
  });

  it.each([
    'feat: @everyone',
    'fix: <!-- x -->',
    'x ![i](http://evil/p.png)',
    '/promote 100',
    'fix!: a\n\nBREAKING CHANGE: @all\n/rollback',
  ])('keep %j harmless', (title) => {
    const text = notes([title]);
    expect(text).not.toMatch(/@everyone|@all|<!--|!\[i\]\(/);
    expect(text).not.toMatch(/^\s*\//m);
  });
});

describe('the preview on a pull request', () => {
  const preview = (message: string, labels: readonly string[] = []) =>
    notesPreview({ ...parseChange({ sha: shaA, message, author: 'ada' }), labels }, config().notes);

  it('shows group, text and version', () => {
    expect(preview('feat(cart): vouchers (#12)')).toContain('Under **Features**: **cart:** vouchers\n');
    expect(preview('feat(cart): vouchers (#12)')).toContain('asks for a **minor** version.');
    expect(preview('fix!: ids (#1)\n\nBREAKING CHANGE: texts')).toMatch(
      /⚠️ ids\n\n> texts\n\nIt asks for a \*\*major\*\*/,
    );
  });

  it('says how to say more', () => {
    expect(preview('Update things')).toContain('no Conventional Commit');
    expect(preview('Update things', ['enhancement'])).toContain('**minor**');
    expect(preview('Update things', ['skip-changelog'])).toContain('Left out (label `skip-changelog`)');
  });
});
