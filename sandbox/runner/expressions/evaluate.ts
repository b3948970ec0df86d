import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { ExpressionData } from '@actions/expressions/data/expressiondata';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { InputError } from '../../../core/errors.ts';
import type { Template } from '../workflow/model.ts';

/** What an expression may see: contexts by name and functions beside GitHub's well-known ones. */
export interface Scope {
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly functions: readonly FunctionDefinition[];
}

const contextNames = [
  'github',
  'env',
  'vars',
  'job',
  'jobs',
  'steps',
  'runner',
  'secrets',
  'strategy',
  'matrix',
  'needs',
  'inputs',
];

/** Evaluates one expression (without `${{ }}`) to plain data. Throws `InputError` that quotes the expression. */
export function evaluate(expression: string, scope: Scope): unknown {
  try {
    const names = scope.functions.map((definition) => definition.name);
    const tree = new Parser(new Lexer(expression).lex().tokens, contextNames, [...scope.functions]).parse();
    const functions = new Map(names.map((name, index) => [name.toLowerCase(), definitionAt(scope, index)]));
    return plainOf(new Evaluator(tree, contextsOf(scope.contexts), functions).evaluate());
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(
      'expression-failed',
      `the expression \`${expression}\` could not be evaluated: ${message}`,
      'correct the expression in the workflow file',
      { cause },
    );
  }
}

/** True when the expression's value counts as true for an `if:` (GitHub: everything but false, 0, -0, "", null, NaN). */
export function isTruthy(expression: string, scope: Scope): boolean {
  const value = evaluate(expression, scope);
  return value !== false && value !== null && value !== '' && value !== 0 && !Number.isNaN(value);
}

/** Evaluates every expression inside a template to plain data. */
export function render(template: Template, scope: Scope): unknown {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return evaluate(template.expression, scope);
    case 'sequence':
      return template.items.map((item) => render(item, scope));
    case 'mapping':
      return Object.fromEntries(template.entries.map(([key, value]) => [key, render(value, scope)]));
  }
}

/** A template as text, by GitHub's rules of coercion; null when there is no template. */
export function renderText(template: Template | null, scope: Scope): string | null {
  return template === null ? null : textOf(render(template, scope));
}

/** A mapping of texts (`env`, `with`, `outputs`); empty when there is no template. */
export function renderTexts(template: Template | null, scope: Scope): Record<string, string> {
  const value = template === null ? {} : render(template, scope);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, textOf(item)]));
}

/** How GitHub writes a value into a string. */
export function textOf(value: unknown): string {
  return expressionDataOf(value).coerceString();
}

function definitionAt(scope: Scope, index: number): FunctionDefinition {
  return scope.functions[index] as FunctionDefinition;
}

function contextsOf(contexts: Readonly<Record<string, unknown>>): data.Dictionary {
  return new data.Dictionary(
    ...contextNames.map((key) => ({ key, value: expressionDataOf(contexts[key] ?? null) })),
  );
}

function expressionDataOf(value: unknown): ExpressionData {
  return JSON.parse(JSON.stringify(value ?? null), data.reviver) as ExpressionData;
}

function plainOf(value: ExpressionData): unknown {
  return JSON.parse(JSON.stringify(value, data.replacer));
}
