/** Percent of traffic by version. */
export type Weights = Readonly<Record<string, number>>;

/**
 * Smooth weighted round robin (as in nginx): every run of 100 picks has each version exactly as often as its
 * percentage says, spread evenly instead of in blocks. Deterministic: the same weights give the same order.
 */
export class WeightedPicker {
  readonly #weights: readonly (readonly [version: string, weight: number])[];
  readonly #credit: number[];

  constructor(weights: Weights) {
    this.#weights = Object.entries(weights).filter(([, weight]) => weight > 0);
    this.#credit = this.#weights.map(() => 0);
  }

  /** The version of the next request; null when no version has any weight. */
  pick(): string | null {
    let best = -1;
    let total = 0;
    for (const [index, [, weight]] of this.#weights.entries()) {
      total += weight;
      const credit = (this.#credit[index] ?? 0) + weight;
      this.#credit[index] = credit;
      if (best < 0 || credit > (this.#credit[best] ?? 0)) best = index;
    }
    if (best < 0) return null;
    this.#credit[best] = (this.#credit[best] ?? 0) - total;
    return this.#weights[best]?.[0] ?? null;
  }
}

/** Why these weights cannot be routed, or null: whole percents of known versions that sum to 100. */
export function weightProblem(weights: Weights, known: readonly string[]): string | null {
  for (const [version, weight] of Object.entries(weights)) {
    if (!known.includes(version))
      return `"${version}" does not run here; these do: ${known.join(', ') || 'none'}`;
    if (!Number.isInteger(weight) || weight < 0 || weight > 100) {
      return `the weight of ${version} is ${weight}; expected a whole number from 0 to 100`;
    }
  }
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  return sum === 100 ? null : `the weights sum to ${sum}; expected 100`;
}
