import { child, type Syntax, stringOf } from './syntax.ts';

/** The properties of an object literal by name; `spreads` are the objects that it takes over. */
export interface ObjectLiteral {
  readonly properties: readonly {
    readonly key: string;
    readonly value: Syntax | undefined;
    readonly at: number;
  }[];
  readonly spreads: readonly string[];
}

export function objectOf(node: Syntax | undefined): ObjectLiteral {
  const properties: { key: string; value: Syntax | undefined; at: number }[] = [];
  const spreads: string[] = [];
  for (const property of node?.kind === 'ObjectExpression' ? node.children : []) {
    if (property.kind !== 'Property') continue;
    const [first, colon, value] = property.children;
    if (first?.kind === 'Spread') spreads.push(colon?.text ?? '');
    else if (first !== undefined)
      properties.push({
        key: stringOf(first) ?? first.text,
        value: colon?.kind === ':' ? value : undefined,
        at: property.at,
      });
  }
  return { properties, spreads };
}

/** The value of a property: `{ name: 'orders' }`. */
export function propertyOf(node: Syntax | undefined, key: string): Syntax | undefined {
  return objectOf(node).properties.find((property) => property.key === key)?.value;
}

export interface ClassSource {
  readonly name: string;
  readonly parent: string | undefined;
  readonly decorators: readonly Syntax[];
  readonly members: readonly {
    readonly name: string;
    readonly decorators: readonly Syntax[];
    readonly at: number;
  }[];
  readonly at: number;
}

/**
 * The classes of a file with their decorators. The grammar leaves decorators before `export class` beside the class, as
 * a declaration without a name.
 */
export function* classesOf(node: Syntax): Generator<ClassSource> {
  let waiting: readonly Syntax[] = [];
  for (const one of node.children) {
    const declared = one.kind === 'ExportDeclaration' ? child(one, 'ClassDeclaration') : one;
    if (declared?.kind !== 'ClassDeclaration') {
      waiting = [];
      yield* classesOf(one);
      continue;
    }
    const decorators = [...waiting, ...decoratorsOf(declared)];
    const name = child(declared, 'VariableDefinition')?.text;
    waiting = name === undefined ? decorators : [];
    if (name !== undefined) yield classOf(declared, name, decorators);
  }
}

function classOf(declared: Syntax, name: string, decorators: readonly Syntax[]): ClassSource {
  const { children } = declared;
  const extended = children.findIndex(({ kind }) => kind === 'extends');
  const members = (child(declared, 'ClassBody')?.children ?? []).filter(
    ({ kind }) => kind === 'PropertyDeclaration',
  );
  return {
    name,
    parent: extended < 0 ? undefined : children[extended + 1]?.text.split('.').at(-1),
    decorators,
    members: members.map((member) => ({
      name: child(member, 'PropertyDefinition')?.text ?? '',
      decorators: decoratorsOf(member),
      at: member.at,
    })),
    at: declared.at,
  };
}

/** Decorators as calls; one without parentheses is its bare name. */
function decoratorsOf(node: Syntax): Syntax[] {
  return node.children.flatMap((one) =>
    one.kind === 'Decorator' ? one.children.filter(({ kind }) => kind !== '@') : [],
  );
}

/** The name of a decorator: `Column` of `@Column(…)` and of `@Column`. */
export function decoratorName(decorator: Syntax): string {
  return decorator.kind === 'CallExpression' ? (decorator.children[0]?.text ?? '') : decorator.text;
}
