import type { BasicExpressionToken } from '@actions/workflow-parser/templates/tokens/basic-expression-token';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import type { Template } from './model.ts';

// `TokenType` of the parser; its own enum cannot be imported for types alone.
const tokenType = {
  string: 0,
  sequence: 1,
  mapping: 2,
  expression: 3,
  insert: 4,
  boolean: 5,
  number: 6,
  null: 7,
} as const;

/** Turns the parser's token tree into plain data. Throws a `RangeError` that names a kind of token we do not know. */
export function templateOf(token: TemplateToken): Template {
  switch (token.templateTokenType) {
    case tokenType.string:
      return { kind: 'literal', value: token.assertString('text').value };
    case tokenType.boolean:
      return { kind: 'literal', value: token.assertBoolean('boolean').value };
    case tokenType.number:
      return { kind: 'literal', value: token.assertNumber('number').value };
    case tokenType.null:
      return { kind: 'literal', value: null };
    case tokenType.expression:
      return expressionOf(token as BasicExpressionToken);
    case tokenType.sequence:
      return { kind: 'sequence', items: [...token.assertSequence('sequence')].map(templateOf) };
    case tokenType.mapping:
      return { kind: 'mapping', entries: [...token.assertMapping('mapping')].map(entryOf) };
    default:
      throw new RangeError(`\`\${{ insert }}\`${place(token)} is not supported`);
  }
}

/** A text with expressions in it becomes one `format(…)`; its source is kept to be shown. */
function expressionOf(token: BasicExpressionToken): Template {
  return { kind: 'expression', expression: token.expression, source: token.source ?? token.toString() };
}

function entryOf(pair: { key: TemplateToken; value: TemplateToken }): readonly [string, Template] {
  if (
    pair.key.templateTokenType === tokenType.expression ||
    pair.key.templateTokenType === tokenType.insert
  ) {
    throw new RangeError(`an expression as a key${place(pair.key)} is not supported`);
  }
  return [pair.key.toString(), templateOf(pair.value)];
}

function place(token: TemplateToken): string {
  return token.line === undefined ? '' : ` on line ${token.line}`;
}

/** The value under `key`, or null. `null` templates and absent keys are the same. */
export function fieldOf(template: Template | null, key: string): Template | null {
  if (template?.kind !== 'mapping') return null;
  const value = template.entries.find(([name]) => name === key)?.[1] ?? null;
  return value?.kind === 'literal' && value.value === null ? null : value;
}

export function keysOf(template: Template | null): readonly string[] {
  return template?.kind === 'mapping' ? template.entries.map(([name]) => name) : [];
}

export function itemsOf(template: Template | null): readonly Template[] {
  return template?.kind === 'sequence' ? template.items : [];
}

/** The literal as text; null when it is absent or an expression. */
export function literalOf(template: Template | null): string | null {
  return template?.kind === 'literal' && template.value !== null ? String(template.value) : null;
}
