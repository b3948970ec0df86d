const growth = 1.03;
const smallestMs = 0.01;

/** Counts latencies in buckets that grow by 3 %: constant memory, and quantiles at most 3 % too high. */
export class LatencyHistogram {
  max = 0;
  readonly #counts = new Map<number, number>();
  #total = 0;

  add(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(ms / smallestMs) / Math.log(growth)));
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#total += 1;
    this.max = Math.max(this.max, ms);
  }

  /** The latency in ms that a share `q` (0–1) of the requests did not exceed; 0 when there were none. */
  quantile(q: number): number {
    let seen = 0;
    for (const bucket of [...this.#counts.keys()].sort((a, b) => a - b)) {
      seen += this.#counts.get(bucket) ?? 0;
      if (seen >= q * this.#total) return Math.min(this.max, smallestMs * growth ** bucket);
    }
    return 0;
  }
}
