/**
 * Whole powers of one number at every point of a grid, by squaring: `b_k^n` is the product of the squares
 * `b_k^(2^i)` whose bits are in `n`. The squares stay until the numbers change, so all powers of one tick share them.
 */
export interface GridPowers {
  /** `squares[i][k] = b_k^(2^i)`; the first `known` rows are up to date. */
  readonly squares: readonly Float64Array[];
  known: number;
  readonly product: Float64Array;
}

/** For a grid of `count` points and powers up to `most`; the numbers are written into `squares[0]`. */
export function gridPowers(count: number, most: number): GridPowers {
  const rows = Math.max(1, 32 - Math.clz32(most));
  const squares = Array.from({ length: rows }, () => new Float64Array(count));
  return { squares, known: 1, product: new Float64Array(count) };
}

/** `b_k^n` at every point, for a whole n ≥ 0. Valid until the next call. */
export function powersOf(powers: GridPowers, n: number): Float64Array {
  const { product } = powers;
  if (n === 0) return product.fill(1);
  let factors: Float64Array | null = null;
  for (let bit = 0, rest = n; rest > 0; bit++, rest >>>= 1) {
    if (bit === powers.known) addSquare(powers);
    if ((rest & 1) === 0) continue;
    const square = powers.squares[bit] as Float64Array;
    if (factors === null) {
      factors = square;
      continue;
    }
    factors = multiplied(factors, square, product);
  }
  return factors as Float64Array;
}

function addSquare(powers: GridPowers): void {
  const root = powers.squares[powers.known - 1] as Float64Array;
  const square = powers.squares[powers.known] as Float64Array;
  multiplied(root, root, square);
  powers.known += 1;
}

function multiplied(one: Float64Array, other: Float64Array, into: Float64Array): Float64Array {
  const count = into.length;
  for (let k = 0; k < count; k++) into[k] = (one[k] as number) * (other[k] as number);
  return into;
}
