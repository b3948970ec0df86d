import type { Location } from '../errors.ts';
import { Lexer, type Token } from '../syntax/lexer.ts';
import { parseModule } from '../syntax/parser.ts';

export interface FormatProblem {
  readonly location: Location;
  readonly message: string;
}

/**
 * Where a module departs from the layout that `opa fmt` writes: tabs for indentation, one space around operators
 * and after commas, no space inside brackets, no trailing space, single blank lines. Throws `RegoError` when the
 * module does not parse. It reports, it does not rewrite; line breaks are the author's.
 */
export function checkFormat(file: string, source: string): FormatProblem[] {
  const module = parseModule(file, source);
  const lexer = new Lexer(file, source);
  const problems: FormatProblem[] = [];
  const report = (offset: number, message: string): void => {
    problems.push({ location: { file, ...lexer.position(offset) }, message });
  };
  const tokens = tokensOf(lexer);
  checkLines(source, rowsInsideText(tokens, lexer), report, lexer);
  checkIndentation(tokens, lexer, report);
  checkSpacing(tokens, source, report);
  for (const { location, text } of module.comments) {
    if (!/^#(?:$|[ !#])/.test(text))
      problems.push({ location, message: 'a space follows the # of a comment' });
  }
  return problems.sort((a, b) => a.location.row - b.location.row || a.location.col - b.location.col);
}

type Report = (offset: number, message: string) => void;

/** All tokens; a template string counts as one. */
function tokensOf(lexer: Lexer): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ; ) {
    const token = lexer.read(at);
    if (token.kind === 'eof') return tokens;
    const isTemplate = token.kind === 'template' || token.kind === 'rawTemplate';
    const end = isTemplate ? endOfTemplate(lexer, token) : token.end;
    tokens.push(isTemplate ? { ...token, end, text: lexer.source.slice(token.start, end) } : token);
    at = end;
  }
}

function endOfTemplate(lexer: Lexer, token: Token): number {
  const quote = token.kind === 'template' ? '"' : '`';
  let at = token.end;
  while (lexer.source[at] !== quote) {
    const c = lexer.source[at];
    if (c === '\\') at += 2;
    else if (c === '{') at = endOfExpression(lexer, at + 1);
    else at += 1;
  }
  return at + 1;
}

function endOfExpression(lexer: Lexer, from: number): number {
  let depth = 1;
  for (let at = from; ; ) {
    const token = lexer.read(at);
    at = token.kind === 'template' || token.kind === 'rawTemplate' ? endOfTemplate(lexer, token) : token.end;
    if (token.text === '{') depth += 1;
    if (token.text === '}') depth -= 1;
    if (depth === 0 || token.kind === 'eof') return at;
  }
}

/** Rows that end inside a string of several lines: their end is content. */
function rowsInsideText(tokens: readonly Token[], lexer: Lexer): ReadonlySet<number> {
  const rows = new Set<number>();
  for (const { start, end } of tokens) {
    const last = lexer.position(end).row;
    for (let row = lexer.position(start).row; row < last; row += 1) rows.add(row);
  }
  return rows;
}

function checkLines(source: string, inside: ReadonlySet<number>, report: Report, lexer: Lexer): void {
  let offset = 0;
  let blank = 0;
  for (const [i, line] of source.split('\n').entries()) {
    if (!inside.has(i + 1)) {
      if (line.endsWith('\r')) report(offset + line.length - 1, 'lines end with a newline alone');
      else if (/[ \t]$/.test(line))
        report(offset + line.trimEnd().length, 'no white space at the end of a line');
      blank = line.trim() === '' ? blank + 1 : 0;
      if (blank === 2 && offset < source.length) report(offset, 'no more than one blank line');
    }
    offset += line.length + 1;
  }
  if (!source.endsWith('\n')) report(lexer.source.length, 'the file ends with a newline');
}

const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);

/** The first token of a line stands as many tabs in as brackets that opened on earlier lines are open. */
function checkIndentation(tokens: readonly Token[], lexer: Lexer, report: Report): void {
  const open: number[] = [];
  let lastRow = 0;
  for (const token of tokens) {
    const { row } = lexer.position(token.start);
    const isFirst = row !== lastRow;
    if (closing.has(token.text)) {
      const openedAt = open.pop();
      if (isFirst && openedAt !== undefined) {
        checkIndent(token, levels(open.filter((other) => other !== openedAt)), lexer, report);
      }
    } else if (isFirst) {
      checkIndent(token, levels(open), lexer, report, token.text === 'with');
    }
    if (opening.has(token.text)) open.push(row);
    lastRow = lexer.position(token.end).row;
  }
}

/** Brackets opened on one line indent once. */
const levels = (open: readonly number[]): number => new Set(open).size;

function checkIndent(token: Token, wanted: number, lexer: Lexer, report: Report, mayContinue = false): void {
  const { col } = lexer.position(token.start);
  const text = lexer.source.slice(token.start - col + 1, token.start);
  if (/[^\t]/.test(text)) report(token.start, 'indentation is made of tabs');
  else if (text.length !== wanted && !(mayContinue && text.length === wanted + 1)) {
    report(token.start, `indented by ${text.length} tabs, expected ${wanted}`);
  }
}

const operators = new Set([':=', '=', '==', '!=', '<', '<=', '>', '>=', '+', '*', '/', '%', '|', '&']);

/** Spaces between two tokens of one line. */
function checkSpacing(tokens: readonly Token[], source: string, report: Report): void {
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1];
    if (before === undefined || token.newline) continue;
    const gap = source.slice(before.end, token.start);
    const wanted = spaceBetween(before, token, tokens[i - 2]);
    if (wanted !== undefined && gap !== wanted) {
      report(token.start, wanted === '' ? `no space before ${token.text}` : `one space before ${token.text}`);
    }
  }
}

function spaceBetween(before: Token, token: Token, beforeThat: Token | undefined): string | undefined {
  if (token.text === ',' || token.text === ';' || token.text === '.' || before.text === '.') return '';
  if (before.text === '(' || before.text === '[' || token.text === ')' || token.text === ']') return '';
  if (token.text === ':') return '';
  if (operators.has(token.text) || operators.has(before.text)) return ' ';
  if (before.text === ',' || before.text === ';' || before.text === ':') return ' ';
  if (before.text === '-') return beforeThat !== undefined && isOperand(beforeThat) ? ' ' : '';
  if (token.text === '-') return isOperand(before) ? ' ' : undefined;
  return undefined;
}

const words = new Set(['if', 'in', 'not', 'as', 'with', 'every', 'some', 'else', 'contains', 'default']);

function isOperand(token: Token): boolean {
  if (token.kind === 'symbol') return closing.has(token.text);
  return token.kind !== 'ident' || !words.has(token.text);
}
