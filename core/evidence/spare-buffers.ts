/**
 * Buffers of one size that were given back, for the next who needs one. A runtime collects large buffers late: made
 * anew for every file, those of many files would lie in memory together.
 */
export class SpareBuffers {
  readonly #size: number;
  readonly #kept: number;
  readonly #spare: Uint8Array[] = [];

  /**
   * @param size bytes of each.
   * @param kept how many are kept at most while nobody needs them.
   */
  constructor(size: number, kept: number) {
    this.#size = size;
    this.#kept = kept;
  }

  /** A buffer that nobody else uses; what stands in it is of no meaning. */
  take(): Uint8Array {
    return this.#spare.pop() ?? new Uint8Array(this.#size);
  }

  /** Gives up a buffer of `take`. Others are not kept. */
  giveBack(buffer: Uint8Array): void {
    if (buffer.length === this.#size && this.#spare.length < this.#kept) this.#spare.push(buffer);
  }
}
