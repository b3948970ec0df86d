import { tokens } from './sql/lexer.ts';
import { type Script, statementAt } from './sql/parse.ts';

/** Comments by which an author switches a rule off, in squawk's spelling. */
export interface Ignores {
  /** Whether a comment hides this rule at this byte. */
  hides(rule: string, at: number): boolean;
}

const marker = /squawk-ignore(-file)?\b[ \t:]*([\w\-, \t]*)/g;

/**
 * `-- squawk-ignore rule-a, rule-b` above or inside a statement hides those rules for that statement;
 * `-- squawk-ignore-file rule` hides them in the whole file. Without names it hides every rule.
 */
export function readIgnores(script: Script): Ignores {
  const text = Buffer.from(script.text.buffer, script.text.byteOffset, script.text.byteLength);
  if (!text.includes('squawk-ignore')) return { hides: () => false };
  const found: { file: boolean; rules: readonly string[]; statement: number | undefined }[] = [];
  for (const token of tokens(script.text)) {
    if (token.kind !== 'comment') continue;
    for (const match of text.toString('utf8', token.start, token.end).matchAll(marker)) {
      const rules = (match[2] ?? '').split(/[\s,]+/).filter((name) => name !== '');
      found.push({ file: match[1] !== undefined, rules, statement: statementAt(script, token.start)?.index });
    }
  }
  return {
    hides: (rule, at) =>
      found.some(
        (one) =>
          (one.rules.length === 0 || one.rules.includes(rule)) &&
          (one.file || one.statement === statementAt(script, at)?.index),
      ),
  };
}
