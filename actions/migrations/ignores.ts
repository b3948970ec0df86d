import { tokens } from './sql/lexer.ts';
import { type Script, statementAt } from './sql/parse.ts';

/** Comments by which an author switches a rule off, in squawk's spelling. */
export interface Ignores {
  /** Whether a comment hides this rule at this byte. */
  hides(rule: string, at: number): boolean;
  /** Rules named by comments that hid nothing so far, and where; `*` for a comment without names. */
  unused(): readonly { readonly rule: string; readonly at: number }[];
}

const marker = /squawk-ignore(-file)?\b[ \t:]*([\w\-, \t]*)/g;

/**
 * `-- squawk-ignore rule-a, rule-b` above or inside a statement hides those rules for that statement;
 * `-- squawk-ignore-file rule` hides them in the whole file. Without names it hides every rule.
 */
export function readIgnores(script: Script): Ignores {
  const text = Buffer.from(script.text.buffer, script.text.byteOffset, script.text.byteLength);
  if (!text.includes('squawk-ignore')) return { hides: () => false, unused: () => [] };
  const found: Ignore[] = [];
  for (const token of tokens(script.text)) {
    if (token.kind !== 'comment') continue;
    for (const match of text.toString('utf8', token.start, token.end).matchAll(marker)) {
      const named = (match[2] ?? '').split(/[\s,]+/).filter((name) => name !== '');
      const rules = new Map((named.length === 0 ? ['*'] : named).map((name) => [name, false]));
      const statement = statementAt(script, token.start)?.index;
      found.push({ file: match[1] !== undefined, rules, statement, at: token.start });
    }
  }
  return {
    hides: (rule, at) => {
      const here = statementAt(script, at)?.index;
      const one = found.find(
        ({ file, rules, statement }) => (rules.has('*') || rules.has(rule)) && (file || statement === here),
      );
      one?.rules.set(one.rules.has('*') ? '*' : rule, true);
      return one !== undefined;
    },
    unused: () =>
      found.flatMap(({ rules, at }) =>
        [...rules].filter(([, used]) => !used).map(([rule]) => ({ rule, at })),
      ),
  };
}

interface Ignore {
  readonly file: boolean;
  /** Each rule, and whether it was hidden; `*` stands for all of them. */
  readonly rules: Map<string, boolean>;
  readonly statement: number | undefined;
  readonly at: number;
}
