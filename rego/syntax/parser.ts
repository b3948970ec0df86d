import type { Location } from '../errors.ts';
import type { Comment, Import, Literal, Module, Rule } from './ast.ts';
import { optionalKeywords } from './cursor.ts';
import { parseAnnotations } from './metadata.ts';
import { RuleParser } from './rules.ts';

/** Parses one module of Rego v1. Throws a `RegoError` with the code `rego_parse_error` and its place. */
export function parseModule(file: string, source: string): Module {
  return new ModuleParser(file, source).module();
}

/** Parses a query: the literals of a body, separated by newlines or semicolons. */
export function parseQuery(source: string): readonly Literal[] {
  return new ModuleParser('', source).wholeQuery();
}

class ModuleParser extends RuleParser {
  module(): Module {
    const packageLocation = this.here();
    const path = this.packagePath();
    const imports: Import[] = [];
    const rules: Rule[] = [];
    while (!this.atEnd()) {
      this.separated();
      if (this.isKeyword('import')) imports.push(this.import());
      else if (this.isKeyword('package')) this.unexpected('a module has one package');
      else rules.push(this.rule());
      this.takeSymbol(';');
    }
    const comments = this.comments();
    const targets = [
      { row: packageLocation.row, isPackage: true },
      ...imports.map(({ location }) => ({ row: location.row, isPackage: false })),
      ...rules.map(({ location }) => ({ row: location.row, isPackage: false })),
    ].sort((a, b) => a.row - b.row);
    return {
      file: this.file,
      source: this.lexer.source,
      package: path,
      packageLocation,
      imports,
      rules,
      comments,
      annotations: parseAnnotations(comments, targets),
    };
  }

  wholeQuery(): readonly Literal[] {
    const body: Literal[] = [];
    while (!this.atEnd()) {
      body.push(this.literal());
      if (!this.takeSymbol(';') && !this.token.newline && !this.atEnd()) this.unexpected('expected \\n or ;');
    }
    if (body.length === 0) this.fail('found empty query');
    return body;
  }

  private comments(): Comment[] {
    return this.lexer.comments.map(({ start, text }) => ({ location: this.locate(start), text }));
  }

  /** A statement starts on a line of its own, or after a semicolon. */
  private separated(): void {
    const before = this.lexer.source[this.previousEnd - 1];
    if (!this.token.newline && before !== ';') this.unexpected('expected \\n or ;');
  }

  private packagePath(): string[] {
    if (!this.takeKeyword('package')) {
      if (this.token.kind === 'eof') this.fail('empty module');
      this.unexpected('package expected');
    }
    const { path } = this.path('package');
    return path;
  }

  private import(): Import {
    const location = this.here();
    this.advance();
    const { path, location: at } = this.path('import');
    if (!['data', 'input', 'rego', 'future'].includes(path[0] ?? '')) {
      this.fail(
        `unexpected import path, must begin with one of: {data, future, input, rego}, got: ${path[0]}`,
        at,
      );
    }
    if (path[0] === 'future' && path[1] === 'keywords') this.activate(path[2]);
    if (!this.takeKeyword('as')) return { location, path, alias: undefined };
    if (!this.isName()) this.unexpected('expected var');
    return { location, path, alias: this.advance().text };
  }

  /** From here on the keyword is one; without a name all are. */
  private activate(name: string | undefined): void {
    for (const keyword of optionalKeywords)
      if (name === undefined || name === keyword) this.active.add(keyword);
  }

  /** Dotted names, or `["string"]`. */
  private path(what: string): { path: string[]; location: Location } {
    const location = this.here();
    if (this.token.kind !== 'ident' || this.token.newline) this.unexpected(`expected ident`);
    const path = [this.advance().text];
    while (this.adjacent() && (this.isSymbol('.') || this.isSymbol('['))) {
      const part = this.refArgument();
      if (part.kind !== 'scalar' || typeof part.value !== 'string') {
        this.fail(`${what} path must be made of names and strings`, part.location);
      }
      path.push(part.value);
    }
    return { path, location };
  }
}
