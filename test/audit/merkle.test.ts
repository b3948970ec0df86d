import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  consistencyProof,
  inclusionProofs,
  leafHash,
  MerkleFrontier,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../core/audit/merkle.ts';
import fc from '../support/fast-check.ts';

/** The vectors that implementations of RFC 6962 share: eight leaves, and the root of each prefix. */
const inputs = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const leaves = inputs.map((hex) => leafHash(Buffer.from(hex, 'hex')));
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const inclusionProof = (tree: readonly string[], index: number) => inclusionProofs(tree, [index])[0] ?? [];

describe('the Merkle tree of RFC 6962', () => {
  it.each(roots.map((root, size) => [size, root] as const))(
    'has the known root over %i leaves',
    (size, root) => {
      expect(merkleRoot(leaves.slice(0, size))).toBe(root);
    },
  );

  it('gives the known proofs', () => {
    expect(inclusionProof(leaves, 0)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(consistencyProof(leaves, 6)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  it('proves every leaf of every tree, and none that is not there', () => {
    const many = Array.from({ length: 33 }, (_, n) => leafHash(Buffer.from(`leaf ${n}`)));
    for (let size = 1; size <= many.length; size++) {
      const tree = many.slice(0, size);
      const root = merkleRoot(tree);
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(tree, index);
        const leaf = tree[index] as string;
        expect(verifyInclusion(leaf, index, size, proof, root)).toBe(true);
        expect(verifyInclusion(leafHash(Buffer.from('x')), index, size, proof, root)).toBe(false);
        if (size > 1) expect(verifyInclusion(leaf, (index + 1) % size, size, proof, root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, [...proof, root], root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, proof.slice(1), root)).toBe(size === 1);
      }
    }
  });

  it('proves that every tree continues each of its beginnings, and no other', () => {
    const many = Array.from({ length: 33 }, (_, n) => leafHash(Buffer.from(`leaf ${n}`)));
    for (let size = 1; size <= many.length; size++) {
      const tree = many.slice(0, size);
      const root = merkleRoot(tree);
      for (let old = 1; old <= size; old++) {
        const oldRoot = merkleRoot(tree.slice(0, old));
        const proof = consistencyProof(tree, old);
        expect(verifyConsistency(old, size, oldRoot, root, proof)).toBe(true);
        const rewritten = merkleRoot([leafHash(Buffer.from('x')), ...tree.slice(1, old)]);
        expect(verifyConsistency(old, size, rewritten, root, proof)).toBe(false);
        if (proof.length > 0) expect(verifyConsistency(old, size, oldRoot, root, proof.slice(1))).toBe(false);
      }
    }
  });

  it('grows to the same root leaf by leaf, put away and taken up in between', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 70 }), (values) => {
        let frontier = new MerkleFrontier();
        for (const [index, value] of values.entries()) {
          frontier.append(leafHash(value));
          frontier = new MerkleFrontier(JSON.parse(JSON.stringify(frontier)));
          expect(frontier.size).toBe(index + 1);
        }
        expect(frontier.root()).toBe(naiveRoot(values.map(leafHash)));
      }),
    );
  });
});

/** Straight from the definition. */
function naiveRoot(tree: readonly string[]): string {
  if (tree.length === 0) return roots[0] as string;
  if (tree.length === 1) return tree[0] as string;
  let split = 1;
  while (split * 2 < tree.length) split *= 2;
  const left = naiveRoot(tree.slice(0, split));
  const right = naiveRoot(tree.slice(split));
  return createHash('sha256')
    .update(Buffer.from(`01${left}${right}`, 'hex'))
    .digest('hex');
}
