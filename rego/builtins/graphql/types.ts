import { BuiltinError } from '../builtin.ts';
import type { GraphNode } from './document.ts';

/** A type of a schema with its extensions merged in. */
export interface TypeDefinition {
  readonly name: string;
  readonly kind: string;
  readonly interfaces: readonly string[];
  readonly fields: readonly GraphNode[];
  /** Members of a union. */
  readonly types: readonly string[];
  readonly values: readonly string[];
}

export interface TypeSystem {
  readonly types: ReadonlyMap<string, TypeDefinition>;
  readonly directives: ReadonlyMap<string, readonly GraphNode[]>;
  /** The root type of each operation. */
  readonly roots: ReadonlyMap<string, string>;
}

const builtinScalars = ['Int', 'Float', 'String', 'Boolean', 'ID'];
const ifArgument: GraphNode = { Name: 'if', Type: { NamedType: 'Boolean', NonNull: true } };
const reason: GraphNode = {
  Name: 'reason',
  Type: { NamedType: 'String', NonNull: false },
  DefaultValue: { Kind: 3, Raw: 'No longer supported' },
};
const builtinDirectives: readonly (readonly [string, readonly GraphNode[]])[] = [
  ['include', [ifArgument]],
  ['skip', [ifArgument]],
  ['deprecated', [reason]],
  ['specifiedBy', [{ Name: 'url', Type: { NamedType: 'String', NonNull: true } }]],
  ['oneOf', []],
  [
    'defer',
    [
      { Name: 'if', Type: { NamedType: 'Boolean', NonNull: false } },
      { Name: 'label', Type: { NamedType: 'String', NonNull: false } },
    ],
  ],
];

export const nodes = (value: GraphNode[string]): readonly GraphNode[] =>
  Array.isArray(value) ? (value.filter((item) => typeof item === 'object') as readonly GraphNode[]) : [];
export const texts = (value: GraphNode[string]): readonly string[] =>
  Array.isArray(value) ? (value.filter((item) => typeof item === 'string') as readonly string[]) : [];
export const text = (value: GraphNode[string]): string => (typeof value === 'string' ? value : '');
export const node = (value: GraphNode[string]): GraphNode | undefined =>
  typeof value === 'object' && !Array.isArray(value) ? (value as GraphNode) : undefined;

/** The innermost name of a type: `[User!]!` is made of `User`. */
export function innerType(type: GraphNode | undefined): string {
  let at = type;
  for (let elem = node(at?.Elem); elem !== undefined; elem = node(at?.Elem)) at = elem;
  return text(at?.NamedType);
}

/** A type as GraphQL writes it. */
export function typeText(type: GraphNode | undefined): string {
  const elem = node(type?.Elem);
  const body = elem === undefined ? text(type?.NamedType) : `[${typeText(elem)}]`;
  return type?.NonNull === true ? `${body}!` : body;
}

const invalid = (message: string): BuiltinError => new BuiltinError(message);

/** Builds the type system of a schema and checks it. Throws `BuiltinError` with the first problem. */
export function typeSystem(schema: GraphNode): TypeSystem {
  const types = new Map<string, TypeDefinition>();
  for (const name of builtinScalars) {
    types.set(name, { name, kind: 'SCALAR', interfaces: [], fields: [], types: [], values: [] });
  }
  for (const definition of nodes(schema.Definitions)) {
    const type = toType(definition);
    if (types.has(type.name)) throw invalid(`Cannot redeclare type ${type.name}.`);
    types.set(type.name, type);
  }
  for (const extension of nodes(schema.Extensions)) extend(types, toType(extension));
  const directives = new Map<string, readonly GraphNode[]>(builtinDirectives);
  for (const directive of nodes(schema.Directives)) {
    const name = text(directive.Name);
    if (directives.has(name) && !builtinDirectives.some(([known]) => known === name)) {
      throw invalid(`Cannot redeclare directive ${name}.`);
    }
    directives.set(name, nodes(directive.Arguments));
  }
  const system = { types, directives, roots: rootsOf(schema, types) };
  for (const type of types.values()) checkType(type, system);
  for (const args of directives.values()) for (const arg of args) checkInput(arg, system);
  return system;
}

function toType(definition: GraphNode): TypeDefinition {
  return {
    name: text(definition.Name),
    kind: text(definition.Kind),
    interfaces: texts(definition.Interfaces),
    fields: nodes(definition.Fields),
    types: texts(definition.Types),
    values: nodes(definition.EnumValues).map((value) => text(value.Name)),
  };
}

/** An extension of a type that does not exist defines it. */
function extend(types: Map<string, TypeDefinition>, extension: TypeDefinition): void {
  const existing = types.get(extension.name);
  if (existing === undefined) {
    types.set(extension.name, extension);
    return;
  }
  if (existing.kind !== extension.kind) {
    throw invalid(
      `Cannot extend type ${extension.name} because the base type is a ${existing.kind}, not ${extension.kind}.`,
    );
  }
  types.set(extension.name, {
    ...existing,
    interfaces: [...existing.interfaces, ...extension.interfaces],
    fields: [...existing.fields, ...extension.fields],
    types: [...existing.types, ...extension.types],
    values: [...existing.values, ...extension.values],
  });
}

function rootsOf(schema: GraphNode, types: ReadonlyMap<string, TypeDefinition>): Map<string, string> {
  const roots = new Map<string, string>();
  const written = nodes(schema.Schema);
  if (written.length > 1)
    throw invalid('Cannot have multiple schema entry points, consider schema extensions instead.');
  for (const entry of [...written, ...nodes(schema.SchemaExtension)]) {
    for (const operation of nodes(entry.OperationTypes)) {
      const type = text(operation.Type);
      if (!types.has(type))
        throw invalid(
          `Schema root ${text(operation.Operation)} refers to a type ${type} that does not exist.`,
        );
      roots.set(text(operation.Operation), type);
    }
  }
  if (written.length === 0) {
    for (const [operation, name] of [
      ['query', 'Query'],
      ['mutation', 'Mutation'],
      ['subscription', 'Subscription'],
    ] as const) {
      if (types.has(name) && !roots.has(operation)) roots.set(operation, name);
    }
  }
  return roots;
}

function checkType(type: TypeDefinition, system: TypeSystem): void {
  if (type.name.startsWith('__'))
    throw invalid(
      `Name "${type.name}" must not begin with "__", which is reserved by GraphQL introspection.`,
    );
  switch (type.kind) {
    case 'OBJECT':
    case 'INTERFACE':
      if (type.fields.length === 0)
        throw invalid(`${type.kind} ${type.name}: must define one or more fields.`);
      for (const field of type.fields) checkField(field, system);
      for (const name of type.interfaces) checkInterface(type, name, system);
      return;
    case 'UNION':
      for (const name of type.types) {
        const member = system.types.get(name);
        if (member === undefined) throw invalid(`Undefined type ${JSON.stringify(name)}.`);
        if (member.kind !== 'OBJECT') throw invalid(`UNION type ${JSON.stringify(name)} must be OBJECT.`);
      }
      return;
    case 'ENUM':
      if (type.values.length === 0)
        throw invalid(`ENUM ${type.name}: must define one or more unique enum values.`);
      if (new Set(type.values).size < type.values.length)
        throw invalid(`ENUM ${type.name}: values must be unique.`);
      return;
    case 'INPUT_OBJECT':
      if (type.fields.length === 0)
        throw invalid(`INPUT_OBJECT ${type.name}: must define one or more input fields.`);
      for (const field of type.fields) checkInput(field, system);
  }
}

function checkField(field: GraphNode, system: TypeSystem): void {
  const name = innerType(node(field.Type));
  const type = system.types.get(name);
  if (type === undefined) throw invalid(`Undefined type ${name}.`);
  if (type.kind === 'INPUT_OBJECT')
    throw invalid(`OBJECT field ${text(field.Name)} must be one of SCALAR, OBJECT, INTERFACE, UNION, ENUM.`);
  for (const arg of nodes(field.Arguments)) checkInput(arg, system);
  checkDirectives(field, system);
}

function checkDirectives(at: GraphNode, system: TypeSystem): void {
  for (const directive of nodes(at.Directives)) {
    if (!system.directives.has(text(directive.Name)))
      throw invalid(`Undefined directive ${text(directive.Name)}.`);
  }
}

function checkInput(input: GraphNode, system: TypeSystem): void {
  const name = innerType(node(input.Type));
  const type = system.types.get(name);
  if (type === undefined) throw invalid(`Undefined type ${name}.`);
  if (!['SCALAR', 'ENUM', 'INPUT_OBJECT'].includes(type.kind)) {
    throw invalid(
      `cannot use ${name} as argument ${text(input.Name)} because ${type.kind} is not a valid input type`,
    );
  }
  checkDirectives(input, system);
}

/** A type has every field of the interfaces that it implements, and implements their interfaces too. */
function checkInterface(type: TypeDefinition, name: string, system: TypeSystem): void {
  const promised = system.types.get(name);
  if (promised === undefined) throw invalid(`Undefined type ${JSON.stringify(name)}.`);
  if (promised.kind !== 'INTERFACE')
    throw invalid(`${JSON.stringify(name)} is a non interface type ${promised.kind}.`);
  for (const above of promised.interfaces) {
    if (!type.interfaces.includes(above))
      throw invalid(`type ${type.name} must implement ${above} because it is implemented by ${name}.`);
  }
  for (const field of promised.fields) {
    const own = type.fields.find((candidate) => candidate.Name === field.Name);
    if (own === undefined) {
      throw invalid(`For ${type.name} to implement ${name} it must have a field called ${text(field.Name)}.`);
    }
    for (const arg of nodes(field.Arguments)) {
      if (!nodes(own.Arguments).some((candidate) => candidate.Name === arg.Name)) {
        throw invalid(
          `For ${type.name} to implement ${name} the field ${text(field.Name)} must have the same arguments.`,
        );
      }
    }
  }
}
