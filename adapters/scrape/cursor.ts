/** A line of an exposition is malformed. `message` begins with the line. */
export class ExpositionError extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.name = 'ExpositionError';
    this.line = line;
  }
}

const maxText = 16_384;

/** Walks one line, character by character, without a regular expression over foreign text. */
export class Cursor {
  readonly #line: string;
  readonly #number: number;
  #at = 0;

  constructor(line: string, number: number) {
    this.#line = line;
    this.#number = number;
  }

  peek(): string {
    return this.#line.charAt(this.#at);
  }

  atEnd(): boolean {
    return this.#at >= this.#line.length;
  }

  skipBlanks(): void {
    while (this.peek() === ' ' || this.peek() === '\t') this.#at += 1;
  }

  expect(character: string): void {
    if (this.peek() !== character) this.fail(`expected ${character}`);
    this.#at += 1;
  }

  readName(allowed: RegExp): string {
    const start = this.#at;
    if (/[0-9]/.test(this.peek())) this.fail('a name does not begin with a digit');
    while (!this.atEnd() && allowed.test(this.peek())) this.#at += 1;
    if (this.#at === start) this.fail('expected a name');
    return this.#line.slice(start, this.#at);
  }

  readWord(): string {
    const start = this.#at;
    while (!this.atEnd() && this.peek() !== ' ' && this.peek() !== '\t') this.#at += 1;
    if (this.#at === start) this.fail('expected a value');
    return this.#line.slice(start, this.#at);
  }

  /** `"…"` with the three escapes of the format: `\\`, `\"` and `\n`. */
  readQuoted(): string {
    this.expect('"');
    let text = '';
    while (this.peek() !== '"') {
      if (this.atEnd()) this.fail('a string is not closed');
      text += this.peek() === '\\' ? this.#readEscape() : this.peek();
      this.#at += 1;
      if (text.length > maxText) this.fail(`a string is longer than ${maxText} characters`);
    }
    this.#at += 1;
    return text;
  }

  #readEscape(): string {
    this.#at += 1;
    const escaped = this.peek();
    if (escaped === 'n') return '\n';
    if (escaped === '\\' || escaped === '"') return escaped;
    return this.fail(`\\${escaped} is not an escape of this format`);
  }

  fail(reason: string): never {
    throw new ExpositionError(this.#number, reason);
  }
}
