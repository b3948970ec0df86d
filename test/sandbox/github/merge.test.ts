import { describe, expect, it } from 'vitest';
import type { TreeEntry } from '../../../sandbox/github/git.ts';
import { mergeTrees } from '../../../sandbox/github/merge.ts';
import fc from '../../support/fast-check.ts';

const tree = (files: Readonly<Record<string, string>>): readonly TreeEntry[] =>
  Object.entries(files).map(([path, sha]) => ({ path, sha, mode: '100644', type: 'blob' }));

const filesOf = (entries: readonly TreeEntry[]): Record<string, string> =>
  Object.fromEntries(entries.map(({ path, sha }) => [path, sha]));

const anyTree = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3'), { maxKeys: 4 })
  .map(tree);

describe('merging trees', () => {
  it('takes what each side changed', () => {
    const merged = mergeTrees(
      tree({ same: '1', mine: '1', yours: '1', gone: '1' }),
      tree({ same: '1', mine: '2', yours: '1', gone: '1', added: '9' }),
      tree({ same: '1', mine: '1', yours: '3' }),
    );
    expect(merged.clean && filesOf(merged.entries)).toEqual({ same: '1', mine: '2', yours: '3', added: '9' });
  });

  it('names the files that both sides changed differently', () => {
    const merged = mergeTrees(tree({ a: '1', b: '1' }), tree({ a: '2', b: '2' }), tree({ a: '3' }));
    expect(merged).toEqual({ clean: false, conflicts: ['a', 'b'] });
  });

  it('gives the other side when one side changed nothing', () => {
    fc.assert(
      fc.property(anyTree, anyTree, (base, theirs) => {
        const merged = mergeTrees(base, base, theirs);
        expect(merged.clean && filesOf(merged.entries)).toEqual(filesOf(theirs));
      }),
    );
  });

  it('does not care which side is ours', () => {
    fc.assert(
      fc.property(anyTree, anyTree, anyTree, (base, ours, theirs) => {
        const there = mergeTrees(base, ours, theirs);
        const back = mergeTrees(base, theirs, ours);
        expect(there.clean).toBe(back.clean);
        if (there.clean && back.clean) expect(filesOf(there.entries)).toEqual(filesOf(back.entries));
      }),
    );
  });
});
