import { typeName } from '../../value/compare.ts';
import { fromJson, toJson } from '../../value/json.ts';
import { isObject } from '../../value/object.ts';
import type { Value } from '../../value/types.ts';
import {
  type Builtin,
  BuiltinError,
  define,
  type OperandType,
  operandError,
  stringOperand,
} from '../builtin.ts';
import type { GraphNode } from './document.ts';
import { parseGraphqlQuery } from './query.ts';
import { parseGraphqlSchema } from './schema.ts';
import { type TypeSystem, typeSystem } from './types.ts';
import { validateQuery } from './validate.ts';

const textOrObject: OperandType = ['string', 'object'];

/** A document given as text or as the tree of an earlier call. */
function documentOperand(
  args: readonly Value[],
  position: number,
  parse: (source: string) => GraphNode,
): GraphNode {
  const value = args[position - 1] as Value;
  if (typeof value === 'string') return parse(value);
  if (isObject(value)) return toJson(value) as GraphNode;
  throw operandError(position, 'one of {string, object}', typeName(value));
}

function both(args: readonly Value[]): { query: GraphNode; schema: GraphNode } {
  return {
    query: documentOperand(args, 1, parseGraphqlQuery),
    schema: documentOperand(args, 2, parseGraphqlSchema),
  };
}

function check(query: GraphNode, schema: GraphNode): void {
  validateQuery(query, systemOf(schema));
}

const systemOf = (schema: GraphNode): TypeSystem => typeSystem(schema);

function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof BuiltinError) return false;
    throw error;
  }
}

function parseBoth(args: readonly Value[]): Value {
  const { query, schema } = both(args);
  check(query, schema);
  return [treeOf(query), treeOf(schema)];
}

function parseAndVerify(args: readonly Value[]): Value {
  let documents: { query: GraphNode; schema: GraphNode } | undefined;
  const isValid = succeeds(() => {
    documents = both(args);
    check(documents.query, documents.schema);
  });
  return isValid && documents !== undefined
    ? [true, treeOf(documents.query), treeOf(documents.schema)]
    : [false, {}, {}];
}

const treeOf = (tree: GraphNode): Value => fromJson(tree);

const charged = (builtin: Builtin): Builtin => ({
  ...builtin,
  evaluate: (args, environment) => {
    for (const arg of args) if (typeof arg === 'string') environment.budget.charge(arg.length * 8);
    return builtin.evaluate(args, environment);
  },
});

export const graphql: readonly Builtin[] = [
  define('graphql.parse_query', ['string'], 'object', (args) =>
    treeOf(parseGraphqlQuery(stringOperand(args, 1))),
  ),
  define('graphql.parse_schema', ['string'], 'object', (args) =>
    treeOf(parseGraphqlSchema(stringOperand(args, 1))),
  ),
  define('graphql.schema_is_valid', [textOrObject], 'boolean', (args) =>
    succeeds(() => {
      systemOf(documentOperand(args, 1, parseGraphqlSchema));
    }),
  ),
  define('graphql.is_valid', [textOrObject, textOrObject], 'boolean', (args) =>
    succeeds(() => {
      const { query, schema } = both(args);
      check(query, schema);
    }),
  ),
  define('graphql.parse', [textOrObject, textOrObject], 'array', parseBoth),
  define('graphql.parse_and_verify', [textOrObject, textOrObject], 'array', parseAndVerify),
].map(charged);
