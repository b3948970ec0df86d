import { expandBraces } from './glob.ts';

/** A text that both globs match, as short as they allow; null when no text does. Exclusions (`!`) are not globs here. */
export function globsOverlap(a: string, b: string): string | null {
  for (const one of expandBraces(a)) {
    for (const other of expandBraces(b)) {
      const common = meet(one.split('/'), other.split('/'), segments);
      if (common !== null) return common.join('/');
    }
  }
  return null;
}

/** How two patterns of the same kind of piece are read: which piece stands for any number, and what two pieces share. */
interface Pieces {
  readonly any: string;
  /** What both pieces match; null: nothing. */
  common(a: string, b: string): string | null;
  /** Something that one piece matches. */
  example(piece: string): string;
}

const characters: Pieces = {
  any: '*',
  common: (a, b) => (a === '?' ? characters.example(b) : b === '?' || a === b ? a : null),
  example: (piece) => (piece === '?' ? 'x' : piece),
};

const segments: Pieces = {
  any: '**',
  common: (a, b) => meet([...a], [...b], characters)?.join('') ?? null,
  example: (piece) => piece.replaceAll('*', '').replaceAll('?', 'x'),
};

/** Walks through the product of two patterns; every pair of places is visited at most once. */
function meet(a: readonly string[], b: readonly string[], pieces: Pieces): readonly string[] | null {
  const open: { readonly i: number; readonly j: number; readonly text: readonly string[] }[] = [
    { i: 0, j: 0, text: [] },
  ];
  const seen = new Set<string>();
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    const { i, j, text } = at;
    if (i === a.length && j === b.length) return text;
    if (seen.has(`${i} ${j}`)) continue;
    seen.add(`${i} ${j}`);
    const [one, other] = [a[i], b[j]];
    if (one === pieces.any) open.push({ i: i + 1, j, text });
    if (other === pieces.any) open.push({ i, j: j + 1, text });
    if (one === pieces.any && other !== undefined && other !== pieces.any)
      open.push({ i, j: j + 1, text: [...text, pieces.example(other)] });
    if (other === pieces.any && one !== undefined && one !== pieces.any)
      open.push({ i: i + 1, j, text: [...text, pieces.example(one)] });
    if (one === undefined || other === undefined || one === pieces.any || other === pieces.any) continue;
    const common = pieces.common(one, other);
    if (common !== null) open.push({ i: i + 1, j: j + 1, text: [...text, common] });
  }
  return null;
}
