/** An SPDX licence expression (SPDX 2.3, annex D). `license` keeps a `+` and names of its own (`LicenseRef-…`). */
export type LicenseExpression =
  | { readonly kind: 'license'; readonly id: string; readonly exception: string | null }
  | { readonly kind: 'and' | 'or'; readonly left: LicenseExpression; readonly right: LicenseExpression };

/** Parses an expression; null when the text is none. Precedence: WITH, then AND, then OR. Operators in any case. */
export function parseExpression(text: string): LicenseExpression | null {
  const words = text.match(/[()]|[^\s()]+/g) ?? [];
  if (words.length === 0 || words.length > 2_000) return null;
  const parser = new Parser(words);
  const expression = parser.or(0);
  return parser.isDone ? expression : null;
}

class Parser {
  private at = 0;
  private readonly words: readonly string[];

  constructor(words: readonly string[]) {
    this.words = words;
  }

  get isDone(): boolean {
    return this.at === this.words.length;
  }

  or(depth: number): LicenseExpression | null {
    return this.chain('or', 'OR', () => this.and(depth));
  }

  private and(depth: number): LicenseExpression | null {
    return this.chain('and', 'AND', () => this.single(depth));
  }

  private chain(
    kind: 'and' | 'or',
    word: string,
    next: () => LicenseExpression | null,
  ): LicenseExpression | null {
    let left = next();
    while (left !== null && this.take(word)) {
      const right = next();
      left = right === null ? null : { kind, left, right };
    }
    return left;
  }

  private single(depth: number): LicenseExpression | null {
    if (this.take('(')) {
      const inner = depth > 100 ? null : this.or(depth + 1);
      return this.take(')') ? inner : null;
    }
    const id = this.name();
    if (id === null) return null;
    if (!this.take('WITH')) return { kind: 'license', id, exception: null };
    const exception = this.name();
    return exception === null ? null : { kind: 'license', id, exception };
  }

  private name(): string | null {
    const word = this.words[this.at] ?? '';
    const valid =
      /^(DocumentRef-[\w.-]+:)?[A-Za-z0-9][\w.-]*\+?$/.test(word) && !/^(and|or|with)$/i.test(word);
    if (!valid) return null;
    this.at++;
    return word;
  }

  private take(word: string): boolean {
    if (this.words[this.at]?.toUpperCase() !== word) return false;
    this.at++;
    return true;
  }
}
