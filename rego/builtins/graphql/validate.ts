import { spend } from '../../value/fuel.ts';
import { BuiltinError } from '../builtin.ts';
import { type GraphNode, places } from './document.ts';
import { graphqlError } from './lexer.ts';
import { innerType, node, nodes, type TypeDefinition, type TypeSystem, text, typeText } from './types.ts';

/** Checks a query against a type system. Throws `BuiltinError` with the first problem. */
export function validateQuery(query: GraphNode, system: TypeSystem): void {
  const fragments = new Map(
    nodes(query.Fragments).map((fragment) => [text(fragment.Name), fragment] as const),
  );
  const validation = new Validation(system, fragments);
  for (const fragment of fragments.values()) validation.fragment(fragment);
  for (const operation of nodes(query.Operations)) validation.operation(operation);
}

function problem(message: string, at: GraphNode): BuiltinError {
  const place = places.get(at);
  return place === undefined ? new BuiltinError(message) : graphqlError(message, place.row, place.col);
}

const VARIABLE = 0;
const meta: readonly GraphNode[] = [{ Name: '__typename', Type: { NamedType: 'String', NonNull: true } }];
const introspection: readonly string[] = ['__schema', '__type'];

class Validation {
  private readonly system: TypeSystem;
  private readonly fragments: ReadonlyMap<string, GraphNode>;
  private readonly acyclic = new Set<GraphNode>();

  constructor(system: TypeSystem, fragments: ReadonlyMap<string, GraphNode>) {
    this.system = system;
    this.fragments = fragments;
  }

  fragment(fragment: GraphNode): void {
    const name = text(fragment.TypeCondition);
    const type = this.system.types.get(name);
    if (type === undefined) throw problem(`Unknown type ${JSON.stringify(name)}.`, fragment);
    this.selections(nodes(fragment.SelectionSet), type);
    this.noCycle(fragment, [text(fragment.Name)]);
  }

  operation(operation: GraphNode): void {
    const kind = text(operation.Operation);
    const root = this.system.types.get(this.system.roots.get(kind) ?? '');
    if (root === undefined)
      throw problem(`Schema does not support operation type ${JSON.stringify(kind)}`, operation);
    const declared = nodes(operation.VariableDefinitions);
    for (const variable of declared) {
      const type = this.system.types.get(innerType(node(variable.Type)));
      if (type === undefined)
        throw problem(`Unknown type ${JSON.stringify(innerType(node(variable.Type)))}.`, variable);
      if (!['SCALAR', 'ENUM', 'INPUT_OBJECT'].includes(type.kind)) {
        throw problem(
          `Variable "$${text(variable.Variable)}" cannot be non-input type "${typeText(node(variable.Type))}".`,
          variable,
        );
      }
    }
    const selections = nodes(operation.SelectionSet);
    this.directives(operation);
    this.selections(selections, root);
    this.variables(operation, declared, selections);
  }

  private selections(selections: readonly GraphNode[], parent: TypeDefinition): void {
    for (const selection of selections) {
      this.directives(selection);
      if (selection.Alias !== undefined) this.field(selection, parent);
      else if (selection.SelectionSet !== undefined) this.inline(selection, parent);
      else this.spread(selection);
    }
  }

  private field(selection: GraphNode, parent: TypeDefinition): void {
    spend(8);
    const name = text(selection.Name);
    if (introspection.includes(name)) return;
    const field = [...parent.fields, ...meta].find((candidate) => candidate.Name === name);
    if (field === undefined)
      throw problem(`Cannot query field "${name}" on type "${parent.name}".`, selection);
    this.arguments(selection, nodes(field.Arguments), `Field "${name}"`, `on field "${parent.name}.${name}"`);
    const type = this.system.types.get(innerType(node(field.Type)));
    if (type === undefined)
      throw problem(`Unknown type ${JSON.stringify(innerType(node(field.Type)))}.`, selection);
    const below = nodes(selection.SelectionSet);
    const isLeaf = type.kind === 'SCALAR' || type.kind === 'ENUM';
    if (isLeaf && below.length > 0) {
      throw problem(
        `Field "${name}" must not have a selection since type "${typeText(node(field.Type))}" has no subfields.`,
        selection,
      );
    }
    if (!isLeaf && below.length === 0) {
      throw problem(
        `Field "${name}" of type "${typeText(node(field.Type))}" must have a selection of subfields. Did you mean "${name} { ... }"?`,
        selection,
      );
    }
    this.selections(below, type);
  }

  private inline(selection: GraphNode, parent: TypeDefinition): void {
    const name = text(selection.TypeCondition);
    const type = name === '' ? parent : this.system.types.get(name);
    if (type === undefined) throw problem(`Unknown type ${JSON.stringify(name)}.`, selection);
    this.selections(nodes(selection.SelectionSet), type);
  }

  private spread(selection: GraphNode): void {
    const name = text(selection.Name);
    if (!this.fragments.has(name)) throw problem(`Unknown fragment "${name}".`, selection);
  }

  private directives(at: GraphNode): void {
    for (const directive of nodes(at.Directives)) {
      const name = text(directive.Name);
      const args = this.system.directives.get(name);
      if (args === undefined) throw problem(`Unknown directive "@${name}".`, directive);
      this.arguments(directive, args, `Directive "@${name}"`, `on directive "@${name}"`);
    }
  }

  private arguments(at: GraphNode, defined: readonly GraphNode[], what: string, where: string): void {
    const given = nodes(at.Arguments);
    for (const arg of given) {
      const definition = defined.find((candidate) => candidate.Name === arg.Name);
      if (definition === undefined) throw problem(`Unknown argument "${text(arg.Name)}" ${where}.`, arg);
      this.value(node(arg.Value), node(definition.Type), arg);
    }
    for (const definition of defined) {
      const type = node(definition.Type);
      const isRequired = type?.NonNull === true && definition.DefaultValue === undefined;
      if (isRequired && !given.some((arg) => arg.Name === definition.Name)) {
        throw problem(
          `${what} argument "${text(definition.Name)}" of type "${typeText(type)}" is required, but it was not provided`,
          at,
        );
      }
    }
  }

  /** A value fits its type as far as its form shows. */
  private value(value: GraphNode | undefined, type: GraphNode | undefined, at: GraphNode): void {
    if (value === undefined || value.Kind === VARIABLE) return;
    const raw = text(value.Raw);
    const wrong = (): BuiltinError => problem(`${typeText(type)} cannot represent value: ${raw}`, at);
    if (value.Kind === 6) {
      if (type?.NonNull === true)
        throw problem(`Expected value of type "${typeText(type)}", found null.`, at);
      return;
    }
    const elem = node(type?.Elem);
    if (elem !== undefined) {
      const items = value.Kind === 8 ? nodes(value.Children).map((child) => node(child.Value)) : [value];
      for (const item of items) this.value(item, elem, at);
      return;
    }
    const definition = this.system.types.get(innerType(type));
    const allowed = definition === undefined ? undefined : allowedKinds(definition);
    if (allowed !== undefined && !allowed.includes(Number(value.Kind))) throw wrong();
    if (definition?.kind === 'ENUM' && !definition.values.includes(raw)) {
      throw problem(`Value "${raw}" does not exist in "${definition.name}" enum.`, at);
    }
    if (definition?.kind === 'INPUT_OBJECT') this.inputObject(value, definition, at);
  }

  private inputObject(value: GraphNode, definition: TypeDefinition, at: GraphNode): void {
    const given = nodes(value.Children);
    for (const child of given) {
      const field = definition.fields.find((candidate) => candidate.Name === child.Name);
      if (field === undefined)
        throw problem(`Field "${text(child.Name)}" is not defined by type "${definition.name}".`, at);
      this.value(node(child.Value), node(field.Type), at);
    }
    for (const field of definition.fields) {
      const isRequired = node(field.Type)?.NonNull === true && field.DefaultValue === undefined;
      if (isRequired && !given.some((child) => child.Name === field.Name)) {
        throw problem(
          `Field "${definition.name}.${text(field.Name)}" of required type "${typeText(node(field.Type))}" was not provided.`,
          at,
        );
      }
    }
  }

  /** Every variable that is used is declared, and every one declared is used, fragments included. */
  private variables(
    operation: GraphNode,
    declared: readonly GraphNode[],
    selections: readonly GraphNode[],
  ): void {
    const used = new Set<string>();
    const seen = new Set<string>();
    const visit = (value: unknown): void => {
      if (Array.isArray(value)) for (const item of value) visit(item);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
      const at = value as GraphNode;
      if (at.Kind === VARIABLE && at.Raw !== undefined) used.add(text(at.Raw));
      const isSpread =
        at.Name !== undefined &&
        at.Alias === undefined &&
        at.Value === undefined &&
        at.Location === undefined;
      const name = text(at.Name);
      if (isSpread && this.fragments.has(name) && !seen.has(name)) {
        seen.add(name);
        visit(this.fragments.get(name)?.SelectionSet);
      }
      for (const child of Object.values(at)) visit(child);
    };
    visit(selections);
    visit(operation.Directives);
    const names = new Set(declared.map((variable) => text(variable.Variable)));
    const named = text(operation.Name) === '' ? '' : ` by operation "${text(operation.Name)}"`;
    for (const name of used)
      if (!names.has(name)) throw problem(`Variable "$${name}" is not defined${named}.`, operation);
    for (const name of names)
      if (!used.has(name))
        throw problem(
          `Variable "$${name}" is never used${named === '' ? '' : ` in operation "${text(operation.Name)}"`}.`,
          operation,
        );
  }

  private noCycle(fragment: GraphNode, path: readonly string[]): void {
    if (this.acyclic.has(fragment)) return;
    const visit = (selections: readonly GraphNode[]): void => {
      for (const selection of selections) {
        const name = text(selection.Name);
        if (selection.Alias === undefined && selection.SelectionSet === undefined) {
          if (path.includes(name))
            throw problem(`Cannot spread fragment "${name}" within itself.`, selection);
          const next = this.fragments.get(name);
          if (next !== undefined) this.noCycle(next, [...path, name]);
        }
        visit(nodes(selection.SelectionSet));
      }
    };
    visit(nodes(fragment.SelectionSet));
    this.acyclic.add(fragment);
  }
}

/** Kinds of literals that a type takes; undefined for scalars of the schema's own. */
function allowedKinds(type: TypeDefinition): readonly number[] | undefined {
  switch (type.name) {
    case 'Int':
      return [1];
    case 'Float':
      return [1, 2];
    case 'String':
      return [3, 4];
    case 'Boolean':
      return [5];
    case 'ID':
      return [1, 3, 4];
    default:
      return type.kind === 'ENUM' ? [7] : type.kind === 'INPUT_OBJECT' ? [9] : undefined;
  }
}
