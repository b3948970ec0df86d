import { RegoObject } from '../value/collections.ts';
import type { Value } from '../value/types.ts';
import type { Literal, Module, RefTerm, Rule, Term } from './ast.ts';

const object = (entries: Readonly<Record<string, Value | undefined>>): Value =>
  RegoObject.of(Object.entries(entries).filter((entry): entry is [string, Value] => entry[1] !== undefined));

/** The syntax tree in the JSON form that OPA gives it. */
export function moduleToValue(module: Module): Value {
  const named = (path: readonly string[]): Value =>
    path.map((value, i) => object({ type: i === 0 ? 'var' : 'string', value }));
  return object({
    package: object({
      path: [
        object({ type: 'var', value: 'data' }),
        ...module.package.map((value) => object({ type: 'string', value })),
      ],
    }),
    imports:
      module.imports.length === 0
        ? undefined
        : module.imports.map(({ path, alias }) =>
            object({ path: object({ type: 'ref', value: named(path) }), alias }),
          ),
    rules: module.rules.length === 0 ? undefined : module.rules.map(ruleToValue),
  });
}

function ruleToValue(rule: Rule): Value {
  const name = rule.ref.head.kind === 'var' ? rule.ref.head.name : '';
  const value =
    rule.kind === 'set'
      ? undefined
      : rule.value === undefined
        ? object({ type: 'boolean', value: true })
        : termToValue(rule.value);
  return object({
    default: rule.isDefault ? true : undefined,
    head: object({
      name,
      args: rule.args.length === 0 ? undefined : rule.args.map(termToValue),
      key: rule.key === undefined ? undefined : termToValue(rule.key),
      value,
      ref: refToValue(rule.ref),
    }),
    body:
      rule.body.length === 0
        ? [object({ index: 0, terms: object({ type: 'boolean', value: true }) })]
        : rule.body.map(literalToValue),
    else: rule.elseRule === undefined ? undefined : ruleToValue(rule.elseRule),
  });
}

function refToValue(ref: RefTerm): Value {
  return [termToValue(ref.head), ...ref.args.map(termToValue)];
}

function literalToValue(literal: Literal, index: number): Value {
  const withs =
    literal.withs.length === 0
      ? undefined
      : literal.withs.map(({ target, value }) =>
          object({ target: termToValue(target), value: termToValue(value) }),
        );
  const operation = (name: string, terms: readonly Term[]): Value => [
    object({ type: 'ref', value: [object({ type: 'var', value: name })] }),
    ...terms.map(termToValue),
  ];
  switch (literal.kind) {
    case 'term':
      return object({
        index,
        with: withs,
        terms: literal.term.kind === 'call' ? callToValue(literal.term) : termToValue(literal.term),
      });
    case 'unify':
      return object({ index, with: withs, terms: operation('eq', [literal.left, literal.right]) });
    case 'assign':
      return object({ index, with: withs, terms: operation('assign', [literal.left, literal.right]) });
    case 'some':
      return object({ index, terms: object({ symbols: literal.names.map(termToValue) }) });
    case 'someIn': {
      const terms = [...(literal.key === undefined ? [] : [literal.key]), literal.value, literal.collection];
      const symbol = object({ type: 'call', value: operation(`internal.member_${terms.length}`, terms) });
      return object({ index, with: withs, terms: object({ symbols: [symbol] }) });
    }
    case 'every':
      return object({
        index,
        with: withs,
        terms: object({
          key: literal.key === undefined ? null : termToValue(literal.key),
          value: termToValue(literal.value),
          domain: termToValue(literal.collection),
          body: literal.body.map(literalToValue),
        }),
      });
    case 'not': {
      const inner = literalToValue(literal.body, index) as RegoObject;
      return RegoObject.of([
        ...inner.keys().map((key) => [key, inner.get(key) as Value] as const),
        ['negated', true],
      ]);
    }
    case 'notBody':
      return object({
        index,
        with: withs,
        terms: object({ type: 'not', body: literal.operand.body.map(literalToValue) }),
      });
    case 'logical':
      return object({
        index,
        with: withs,
        terms: object({
          type: literal.operator,
          lhs: literal.left.body.map(literalToValue),
          rhs: literal.right.body.map(literalToValue),
        }),
      });
  }
}

function callToValue(term: Term & { kind: 'call' }): Value {
  return [object({ type: 'ref', value: refToValue(term.operator) }), ...term.args.map(termToValue)];
}

function termToValue(term: Term): Value {
  switch (term.kind) {
    case 'scalar':
      return object({
        type:
          typeof term.value === 'bigint' || typeof term.value === 'object'
            ? term.value === null
              ? 'null'
              : 'number'
            : typeof term.value,
        value: term.value,
      });
    case 'var':
      return object({ type: 'var', value: term.name });
    case 'ref':
      return object({ type: 'ref', value: refToValue(term) });
    case 'call':
      return object({ type: 'call', value: callToValue(term) });
    case 'array':
    case 'set':
      return object({ type: term.kind, value: term.items.map(termToValue) });
    case 'object':
      return object({ type: 'object', value: term.entries.map((entry) => entry.map(termToValue)) });
    case 'arrayComprehension':
    case 'setComprehension':
      return object({
        type: term.kind.toLowerCase(),
        value: object({ term: termToValue(term.head), body: term.body.map(literalToValue) }),
      });
    case 'objectComprehension':
      return object({
        type: 'objectcomprehension',
        value: object({
          key: termToValue(term.key),
          value: termToValue(term.head),
          body: term.body.map(literalToValue),
        }),
      });
    case 'template':
      return object({
        type: 'templatestring',
        value: term.parts.map((part, i) =>
          typeof part === 'string' ? object({ type: 'string', value: part }) : literalToValue(part, i),
        ),
      });
  }
}
