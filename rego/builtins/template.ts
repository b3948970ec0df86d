import { spend } from '../value/fuel.ts';
import { isObject, lookup, objectEntries } from '../value/object.ts';
import { regoText } from '../value/text.ts';
import type { Value } from '../value/types.ts';
import { BuiltinError } from './builtin.ts';

/**
 * The part of Go's text/template that policies use: `{{.a.b}}`, `{{$x}}`, `{{range $i, $v := .list}}`, `{{if}}`,
 * `{{else}}`, `{{with}}`, `{{end}}`, string and number constants, and white space trimming.
 */
type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: Expression }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly value: Expression;
      readonly names: readonly string[];
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

interface Expression {
  readonly root: 'dot' | 'variable' | 'constant';
  readonly name: string;
  readonly path: readonly string[];
  readonly constant?: Value;
}

const action = /\{\{(-\s)?\s*([\s\S]*?)\s*(\s-)?\}\}/g;

export function renderTemplate(template: string, values: Value): string {
  const nodes = parse(tokens(template));
  return render(nodes, values, new Map([['', values]]));
}

type Token = { readonly kind: 'text' | 'action'; readonly text: string };

function tokens(template: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  let trimNext = false;
  for (const match of template.matchAll(action)) {
    let text = template.slice(at, match.index);
    if (trimNext) text = text.trimStart();
    if (match[1] !== undefined) text = text.trimEnd();
    if (text !== '') found.push({ kind: 'text', text });
    const body = match[2] ?? '';
    if (!body.startsWith('/*')) found.push({ kind: 'action', text: body });
    trimNext = match[3] !== undefined;
    at = match.index + match[0].length;
  }
  const rest = template.slice(at);
  if (rest.includes('{{')) throw new BuiltinError('template: unclosed action');
  if (rest !== '') found.push({ kind: 'text', text: trimNext ? rest.trimStart() : rest });
  return found;
}

function parse(list: readonly Token[]): readonly TemplateNode[] {
  let at = 0;
  const block = (depth: number): { nodes: TemplateNode[]; end: string } => {
    if (depth > 100) throw new BuiltinError('template: nested too deeply');
    const nodes: TemplateNode[] = [];
    for (; at < list.length; ) {
      const token = list[at] as Token;
      at += 1;
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      const [word = ''] = token.text.split(/\s+/);
      if (word === 'end' || word === 'else') return { nodes, end: token.text };
      if (word === 'if' || word === 'with' || word === 'range') {
        const { value, names } = head(token.text.slice(word.length).trim());
        const body = block(depth + 1);
        const otherwise = body.end === 'else' ? block(depth + 1) : { nodes: [], end: body.end };
        if (otherwise.end !== 'end') throw new BuiltinError('template: expected {{end}}');
        nodes.push({ kind: word, value, names, body: body.nodes, otherwise: otherwise.nodes });
      } else {
        nodes.push({ kind: 'value', value: expression(token.text) });
      }
    }
    return { nodes, end: '' };
  };
  const { nodes, end } = block(0);
  if (end !== '') throw new BuiltinError(`template: unexpected {{${end}}}`);
  return nodes;
}

function head(text: string): { value: Expression; names: readonly string[] } {
  const declared = /^(\$\w*(?:\s*,\s*\$\w*)?)\s*:=\s*([\s\S]+)$/.exec(text);
  if (declared === null) return { value: expression(text), names: [] };
  return {
    value: expression(declared[2] ?? ''),
    names: (declared[1] ?? '').split(',').map((name) => name.trim().slice(1)),
  };
}

function expression(text: string): Expression {
  if (/^\$\w*(\.\w+)*$/.test(text)) {
    const [name = '', ...path] = text.slice(1).split('.');
    return { root: 'variable', name, path };
  }
  if (/^(\.|(\.\w+)+)$/.test(text)) return { root: 'dot', name: '', path: text.split('.').filter(Boolean) };
  try {
    return { root: 'constant', name: '', path: [], constant: JSON.parse(text) as Value };
  } catch {
    throw new BuiltinError(`template: function or syntax not supported: ${text}`);
  }
}

type Variables = ReadonlyMap<string, Value>;

function render(nodes: readonly TemplateNode[], dot: Value, variables: Variables): string {
  return nodes.map((node) => renderNode(node, dot, variables)).join('');
}

function renderNode(node: TemplateNode, dot: Value, variables: Variables): string {
  spend(node.kind === 'text' ? node.text.length + 1 : 4);
  if (node.kind === 'text') return node.text;
  const value = evaluate(node.value, dot, variables);
  if (node.kind === 'value')
    return value === undefined ? '<undefined>' : typeof value === 'string' ? value : regoText(value);
  const bound = (names: readonly Value[]): Variables => {
    const own = new Map(variables);
    node.names.forEach((name, i) => {
      own.set(name, names[i] as Value);
    });
    return own;
  };
  if (node.kind === 'range') {
    const entries = entriesOf(value);
    if (entries.length === 0) return render(node.otherwise, dot, variables);
    return entries
      .map(([key, item]) => render(node.body, item, bound(node.names.length === 2 ? [key, item] : [item])))
      .join('');
  }
  if (value === undefined || !isTrue(value)) return render(node.otherwise, dot, variables);
  return render(node.body, node.kind === 'with' ? value : dot, bound([value]));
}

function evaluate(expression: Expression, dot: Value, variables: Variables): Value | undefined {
  if (expression.root === 'constant') return expression.constant;
  let value = expression.root === 'dot' ? dot : variables.get(expression.name);
  if (value === undefined) throw new BuiltinError(`template: undefined variable "$${expression.name}"`);
  for (const key of expression.path) value = value === undefined ? undefined : lookup(value, key);
  return value;
}

function entriesOf(value: Value | undefined): readonly (readonly [Value, Value])[] {
  if (Array.isArray(value)) return (value as readonly Value[]).map((item, i) => [i, item] as const);
  return value !== undefined && isObject(value) ? objectEntries(value) : [];
}

function isTrue(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '') return false;
  return typeof value !== 'object' || entriesOf(value).length > 0;
}
