import { type ObjectLiteral, objectOf } from './javascript.ts';
import { anyColumn, type OrmColumn, type OrmModel, snakeCase, unique } from './model.ts';
import { argumentsOf, calleeOf, child, firstCall, nodesOf, type Syntax, stringOf } from './syntax.ts';

/** Tables of Drizzle: `pgTable('orders', { … })` and `pgSchema('shop').table('orders', { … })`. */
export function drizzleModels(file: Syntax): OrmModel[] {
  const constants = constantsOf(file);
  return [...nodesOf(file, 'CallExpression')].flatMap((call): OrmModel[] => {
    const schema = schemaOf(call, constants);
    const [name, columns] = argumentsOf(call);
    const table = stringOf(name);
    if (schema === null || table === undefined) return [];
    const literal = objectOf(columnsIn(columns));
    const inherited = literal.spreads.flatMap((spread): OrmColumn[] => {
      const known = constants.get(spread);
      return known?.kind === 'ObjectExpression'
        ? columnsOf(objectOf(known))
        : [{ names: [anyColumn], at: call.at }];
    });
    const own = columnsOf(literal);
    const tables = [schema === '' || schema === 'public' ? table : `${schema}.${table}`];
    return [{ name: table, tables, columns: [...own, ...inherited], parents: [] }];
  });
}

/** The schema that a call makes a table in: empty for the default one, null when it makes none. */
function schemaOf(call: Syntax, constants: ReadonlyMap<string, Syntax>): string | null {
  const callee = calleeOf(call);
  if (callee === 'pgTable') return '';
  const [, owner] = /^([\w$]+)\.table$/.exec(callee) ?? [];
  const made = constants.get(owner ?? '');
  return calleeOf(made) === 'pgSchema' ? (stringOf(argumentsOf(made)[0]) ?? '') : null;
}

/** An object, or a function that gives one: `(t) => ({ id: t.integer() })`. */
function columnsIn(node: Syntax | undefined): Syntax | undefined {
  if (node?.kind !== 'ArrowFunction') return node;
  return child(child(node, 'ParenthesizedExpression'), 'ObjectExpression');
}

/** A column without a name of its own is called like its key, or, with `casing`, like its key in snake case. */
function columnsOf({ properties }: ObjectLiteral): OrmColumn[] {
  return properties.map(({ key, value, at }) => {
    const named = stringOf(argumentsOf(firstCall(value))[0]);
    return { names: named === undefined ? unique([key, snakeCase(key)]) : [named], at };
  });
}

function constantsOf(file: Syntax): Map<string, Syntax> {
  const found = new Map<string, Syntax>();
  for (const { children } of nodesOf(file, 'VariableDeclaration')) {
    children.forEach((one, index) => {
      const value = children
        .slice(index + 1)
        .find(({ kind }) => kind !== 'Equals' && kind !== 'TypeAnnotation');
      if (one.kind === 'VariableDefinition' && value !== undefined) found.set(one.text, value);
    });
  }
  return found;
}
