/** Whole number from `low` to `high`, both included, drawn from the seed. */
export type Between = (low: number, high: number) => number;
export type PickOne = <T>(items: readonly T[]) => T;
