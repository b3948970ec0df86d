/** Values that never appear in a log: secrets, tokens and whatever a step masks with `::add-mask::`. */
export class Masks {
  readonly #values = new Set<string>();

  /** A value of several lines is masked line by line too, because logs are written by line. */
  add(value: string): void {
    for (const part of [value, value.trim(), ...value.split(/\r?\n/)]) {
      if (part.trim() === '') continue;
      this.#values.add(part);
      this.#values.add(JSON.stringify(part).slice(1, -1));
      this.#values.add(Buffer.from(part).toString('base64'));
    }
  }

  /** The text with every masked value replaced by `***`, longest first so that no tail of one remains. */
  apply(text: string): string {
    let masked = text;
    for (const value of [...this.#values].sort((a, b) => b.length - a.length)) {
      masked = masked.replaceAll(value, '***');
    }
    return masked;
  }

  covers(text: string): boolean {
    return this.apply(text) !== text;
  }
}
