import { hash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962 (section 2.1) with SHA-256. Leaves and proofs are lower-case hex; a tree of `size`
 * leaves has one root, and a proof is the list of the subtrees that somebody lacks who wants to compute it.
 */

/** `SHA-256(0x00 || leaf)`. */
export function leafHash(leaf: Uint8Array): string {
  const prefixed = new Uint8Array(leaf.length + 1);
  prefixed.set(leaf, 1);
  return hash('sha256', prefixed, 'hex');
}

/** `SHA-256(0x01 || left || right)`. */
export function nodeHash(left: string, right: string): string {
  return hash('sha256', Buffer.from(`01${left}${right}`, 'hex'), 'hex');
}

const emptyRoot = hash('sha256', '', 'hex');

/** The root over leaf hashes: MTH of the RFC. */
export function merkleRoot(leaves: readonly string[]): string {
  const frontier = new MerkleFrontier();
  for (const leaf of leaves) frontier.append(leaf);
  return frontier.root();
}

/** A tree that grows: it keeps the roots of its complete subtrees, largest first, and nothing else. */
export class MerkleFrontier {
  #size: number;
  readonly #roots: Buffer[];
  readonly #pair = Buffer.alloc(65, 1);

  /** Empty, or as `toJSON` described it. */
  constructor(from: { readonly size: number; readonly roots: readonly string[] } = { size: 0, roots: [] }) {
    this.#size = from.size;
    this.#roots = from.roots.map((root) => Buffer.from(root, 'hex'));
  }

  toJSON(): { readonly size: number; readonly roots: readonly string[] } {
    return { size: this.#size, roots: this.#roots.map((root) => root.toString('hex')) };
  }

  get size(): number {
    return this.#size;
  }

  append(leaf: string): void {
    let root: Buffer = Buffer.from(leaf, 'hex');
    for (let rest = this.#size; rest % 2 === 1; rest = half(rest)) {
      root = this.#join(this.#roots.pop() as Buffer, root);
    }
    this.#roots.push(root);
    this.#size += 1;
  }

  root(): string {
    if (this.#roots.length === 0) return emptyRoot;
    return this.#roots.reduceRight((right, left) => this.#join(left, right)).toString('hex');
  }

  #join(left: Buffer, right: Buffer): Buffer {
    left.copy(this.#pair, 1);
    right.copy(this.#pair, 33);
    return hash('sha256', this.#pair, 'buffer');
  }
}

/** Audit paths for the leaves at these places (0-based): PATH of the RFC. The tree is computed once for all. */
export function inclusionProofs(
  leaves: readonly string[],
  indexes: readonly number[],
): readonly (readonly string[])[] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; ) {
    level = parentsOf(level);
    levels.push(level);
  }
  return indexes.map((index) =>
    levels.slice(0, -1).flatMap((level, height) => {
      const place = Math.floor(index / 2 ** height);
      return level[place % 2 === 0 ? place + 1 : place - 1] ?? [];
    }),
  );
}

/** The next level: a node without a sibling moves up as it is. */
function parentsOf(level: readonly string[]): readonly string[] {
  return Array.from({ length: Math.ceil(level.length / 2) }, (_, n) => {
    const right = level[2 * n + 1];
    const left = level[2 * n] as string;
    return right === undefined ? left : nodeHash(left, right);
  });
}

/** That the tree of these leaves continues the tree of its first `size` leaves: PROOF of the RFC. */
export function consistencyProof(leaves: readonly string[], size: number): readonly string[] {
  return size <= 0 || size >= leaves.length ? [] : subproof(leaves, size, true);
}

function subproof(leaves: readonly string[], size: number, whole: boolean): readonly string[] {
  if (size === leaves.length) return whole ? [] : [merkleRoot(leaves)];
  const split = splitOf(leaves.length);
  return size <= split
    ? [...subproof(leaves.slice(0, split), size, whole), merkleRoot(leaves.slice(split))]
    : [...subproof(leaves.slice(split), size - split, false), merkleRoot(leaves.slice(0, split))];
}

/** Whether a leaf is at `index` of the tree with this size and root (RFC 9162, section 2.1.3.2). */
export function verifyInclusion(
  leaf: string,
  index: number,
  size: number,
  proof: readonly string[],
  root: string,
): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let node = index;
  let last = size - 1;
  let computed = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      computed = nodeHash(sibling, computed);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      computed = nodeHash(computed, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && computed === root;
}

/** Whether the tree of `size` leaves continues the one of `oldSize` (RFC 9162, section 2.1.4.2). */
export function verifyConsistency(
  oldSize: number,
  size: number,
  oldRoot: string,
  root: string,
  proof: readonly string[],
): boolean {
  if (oldSize < 0 || oldSize > size) return false;
  if (oldSize === size) return proof.length === 0 && oldRoot === root;
  if (oldSize === 0) return proof.length === 0 && oldRoot === emptyRoot;
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let [node, last] = [oldSize - 1, size - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [before, after] = [first, first];
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      after = nodeHash(after, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && before === oldRoot && after === root;
}

/** The largest power of two below `size`, which is at least 2. */
function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

/** Sizes exceed 32 bits, so no shifts. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
