import type { Location } from '../errors.ts';
import type { Literal, Term } from './ast.ts';
import { Cursor } from './cursor.ts';

/** The grammar of template strings: texts with expressions between them, read from the same source. */
export abstract class TemplateParser extends Cursor {
  /** One expression, as it stands in a template string. */
  protected abstract templateExpression(): Literal;

  /** `$"text {expression} text"` or the same in back quotes. */
  protected template(location: Location, quote: '"' | '`'): Term {
    const parts: (string | Literal)[] = [];
    let at = this.token.end;
    let text = '';
    for (;;) {
      const c = this.lexer.source[at];
      if (c === undefined || (c === '\n' && quote === '"'))
        this.fail('non-terminated template-string', location);
      if (c === quote) break;
      if (c === '\\' && this.lexer.source[at + 1] === '{') {
        text += quote === '"' ? '\\u007b' : '{';
        at += 2;
      } else if (c === '\\' && quote === '"') {
        text += this.lexer.source.slice(at, at + 2);
        at += 2;
      } else if (c === '{') {
        if (text !== '') parts.push(this.decode(text, quote, at));
        text = '';
        this.jump(at + 1);
        if (this.isSymbol('}')) this.fail('empty template-string expression');
        parts.push(this.templateExpression());
        if (!this.isSymbol('}')) this.unexpected('expected "}"');
        at = this.token.end;
      } else {
        text += c;
        at += 1;
      }
    }
    if (text !== '') parts.push(this.decode(text, quote, at));
    this.jump(at + 1);
    return { kind: 'template', location, parts };
  }

  private decode(text: string, quote: '"' | '`', at: number): string {
    return quote === '"' ? this.lexer.unescape(text, at) : text;
  }
}
