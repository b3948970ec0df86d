import type { SyntaxNode, Tree } from '@lezer/common';

/** A node of a source file with its text at hand. */
export interface Syntax {
  readonly kind: string;
  readonly at: number;
  readonly text: string;
  readonly children: readonly Syntax[];
}

export type Language = 'python' | 'typescript' | 'tsx';

/** Parses source code. What cannot be parsed becomes nodes of the kind `⚠`; the rest of the file is still read. */
export async function parseSource(text: string, language: Language): Promise<Syntax> {
  return nodeOf((await grammarOf(language)).parse(text).topNode, text);
}

async function grammarOf(language: Language): Promise<{ parse(text: string): Tree }> {
  if (language === 'python') return (await import('@lezer/python')).parser;
  const { parser } = await import('@lezer/javascript');
  return parser.configure({ dialect: language === 'tsx' ? 'ts jsx' : 'ts' });
}

function nodeOf(node: SyntaxNode, text: string): Syntax {
  const children: Syntax[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    children.push(nodeOf(child, text));
  return { kind: node.name, at: node.from, text: text.slice(node.from, node.to), children };
}

export function child(node: Syntax | undefined, kind: string): Syntax | undefined {
  return node?.children.find((one) => one.kind === kind);
}

/** Every node of one of these kinds, outermost first. */
export function* nodesOf(node: Syntax, ...kinds: readonly string[]): Generator<Syntax> {
  if (kinds.includes(node.kind)) yield node;
  for (const one of node.children) yield* nodesOf(one, ...kinds);
}

/** The text of a string literal; undefined for anything else, also for one with parts that are put in. */
export function stringOf(node: Syntax | undefined): string | undefined {
  if (node?.kind === 'TemplateString' && node.children.every(({ kind }) => kind !== 'Interpolation'))
    return node.text.slice(1, -1);
  if (node?.kind !== 'String') return undefined;
  return /^[a-z]{0,2}("""|'''|"|')([\s\S]*)\1$/i.exec(node.text)?.[2];
}

/** What is called, as written: `models.TextField`, `pgTable`. */
export function calleeOf(call: Syntax | undefined): string {
  return call?.kind === 'CallExpression' ? (call.children[0]?.text ?? '') : '';
}

/** Arguments by position, without the punctuation. */
export function argumentsOf(call: Syntax | undefined): readonly Syntax[] {
  return (child(call, 'ArgList')?.children ?? []).filter(({ kind }) => !/^[(),⚠]$/.test(kind));
}

/** The call that a chain begins with: `text('a')` of `text('a').notNull().default('')`. */
export function firstCall(node: Syntax | undefined): Syntax | undefined {
  if (node?.kind !== 'CallExpression') return undefined;
  const before = node.children[0]?.kind === 'MemberExpression' ? node.children[0].children[0] : undefined;
  return firstCall(before) ?? node;
}
