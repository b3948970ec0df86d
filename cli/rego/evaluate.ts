import { InputError } from '../../core/errors.ts';
import {
  compile,
  explain,
  explanationText,
  RegoError,
  readWasmBundle,
  WasmPolicy,
} from '../../rego/index.ts';
import type { CliInput, CliWorld } from '../command.ts';
import { loadPolicies, readBytes, readDocument } from './load.ts';

/** `rego eval QUERY`: prints the value of an entrypoint, or every solution of a query. */
export async function evaluateQuery(
  query: string | undefined,
  input: CliInput,
  world: CliWorld,
): Promise<number> {
  if (query === undefined) {
    throw new InputError(
      'USAGE',
      'rego eval needs a query',
      'for example: rego eval -d policies data.a.allow',
    );
  }
  const bundle = input.text('bundle');
  if (bundle !== null) return evaluateBundle(query, bundle, input, world);
  const paths = input.texts('data');
  const { modules, data } = await loadPolicies(world, paths.length === 0 ? ['.'] : paths);
  const facts = await readInput(input, world);
  const options = {
    data,
    ...(facts === undefined ? {} : { input: facts }),
    strictBuiltinErrors: input.flag('strict'),
    print: (text: string, where: string) => world.note(where === '' ? text : `${where}: ${text}`),
  };
  const isEntrypoint = /^data(?:\.[A-Za-z_]\w*)*$/.test(query);
  try {
    if (isEntrypoint && input.flag('explain')) {
      const explanation = explain(modules, query, options);
      world.note(explanationText(explanation));
      return answer(explanation.value, world);
    }
    const policy = compile(modules, { data });
    if (isEntrypoint) return answer(policy.evaluate(query, options), world);
    const solutions = policy.query(query, options);
    world.print(JSON.stringify(solutions, null, 2));
    return solutions.length === 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof RegoError)) throw error;
    world.note(error.message);
    return 2;
  }
}

/** A bundle that `opa build -t wasm` compiled: the query is one of its entrypoints. */
async function evaluateBundle(
  query: string,
  file: string,
  input: CliInput,
  world: CliWorld,
): Promise<number> {
  const facts = await readInput(input, world);
  try {
    const { wasm, data } = readWasmBundle(await readBytes(world, file));
    const policy = await WasmPolicy.load(wasm, { data });
    return answer(policy.evaluate(query, facts), world);
  } catch (error) {
    if (!(error instanceof RegoError)) throw error;
    world.note(`${file}: ${error.message}`);
    return 2;
  }
}

async function readInput(input: CliInput, world: CliWorld): Promise<unknown> {
  const file = input.text('input');
  return file === null ? undefined : readDocument(world, file);
}

function answer(value: unknown, world: CliWorld): number {
  world.print(value === undefined ? 'undefined' : JSON.stringify(value, null, 2));
  return value === undefined ? 1 : 0;
}
