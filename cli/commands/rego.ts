import { InputError } from '../../core/errors.ts';
import {
  checkFormat,
  compile,
  type Location,
  locationText,
  RegoError,
  RegoErrors,
} from '../../rego/index.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { evaluateQuery } from '../rego/evaluate.ts';
import { loadPolicies } from '../rego/load.ts';
import { runPolicyTests } from '../rego/test.ts';

export const regoCommand: CliCommand = {
  usage: '<eval QUERY|test [PATH…]|check [PATH…]|fmt-check [PATH…]> [options]',
  description: [
    'Works with policies written in Rego, without an OPA server or binary.',
    'eval: the value of a path below data, or the solutions of a query. test: runs test_* rules. check: compiles.',
    'fmt-check: where the layout departs from what `opa fmt` writes.',
    'Exit status: 0 defined, passed or in order; 1 undefined, failed or not in order; 2 the policies or the call are wrong.',
  ].join('\n'),
  options: {
    data: {
      value: 'PATH',
      short: 'd',
      many: true,
      help: 'eval: policies and data, files or folders; default: .',
    },
    input: { value: 'FILE', short: 'i', help: 'eval: the input document, JSON or YAML' },
    bundle: {
      value: 'FILE',
      short: 'b',
      help: 'eval: a bundle of `opa build -t wasm`, or its policy.wasm; the query is an entrypoint',
    },
    explain: { help: 'eval: say on standard error which rules were tried and what held' },
    strict: { help: 'eval: errors of built-ins end the evaluation' },
    run: { value: 'TEXT', help: 'test: only tests with this in their name' },
    coverage: { help: 'test: say what the tests did not reach' },
    threshold: { value: 'PERCENT', help: 'test: fail below this coverage' },
    json: { help: 'test, check, fmt-check: print the report as JSON' },
  },
  examples: [
    [
      'rego eval -d policies -i facts.json data.release_conductor.promotion.decision',
      'what the Conductor would decide',
    ],
    ['rego eval -d policies -i facts.json --explain data.release_conductor.promotion.allow', 'and why'],
    [
      'rego eval -b bundle.tar.gz -i facts.json shop/allow',
      'an entrypoint of a policy compiled to WebAssembly',
    ],
    ['rego test policies --coverage', 'the tests of the policies'],
    ['rego check policies && rego fmt-check policies', 'before a commit'],
  ],
  async run(input, world) {
    const [verb, ...rest] = input.args;
    try {
      return await perform(verb, rest, input, world);
    } catch (error) {
      if (!(error instanceof RegoErrors)) throw error;
      if (input.flag('json')) printProblems(error.errors, world);
      else for (const one of error.errors) world.note(one.message);
      return 2;
    }
  },
};

/** What is wrong, as JSON: code, place and detail of each problem. */
function printProblems(
  problems: readonly {
    readonly code: string;
    readonly detail: string;
    readonly location: Location | undefined;
  }[],
  world: CliWorld,
): void {
  const shown = problems.map(({ code, detail, location }) => ({ code, ...location, detail }));
  world.print(JSON.stringify({ problems: shown }, null, 2));
}

async function perform(
  verb: string | undefined,
  rest: readonly string[],
  input: CliInput,
  world: CliWorld,
): Promise<number> {
  switch (verb) {
    case 'eval':
      return evaluateQuery(rest[0], input, world);
    case 'test':
      return runPolicyTests(rest, input, world);
    case 'check':
      return checkPolicies(rest, input, world);
    case 'fmt-check':
      return checkLayout(rest, input, world);
    default:
      throw new InputError(
        'USAGE',
        `rego cannot ${verb ?? 'guess what to do'}`,
        'say eval, test, check or fmt-check',
      );
  }
}

async function checkPolicies(paths: readonly string[], input: CliInput, world: CliWorld): Promise<number> {
  const { modules, data } = await loadPolicies(world, paths.length === 0 ? ['.'] : paths);
  compile(modules, { data });
  if (input.flag('json')) printProblems([], world);
  else world.print(`${modules.length} modules are in order`);
  return 0;
}

async function checkLayout(paths: readonly string[], input: CliInput, world: CliWorld): Promise<number> {
  const { modules } = await loadPolicies(world, paths.length === 0 ? ['.'] : paths);
  const problems: { code: string; detail: string; location: Location }[] = [];
  for (const { file, source } of modules) {
    try {
      for (const { location, message } of checkFormat(file, source))
        problems.push({ code: 'rego_format', detail: message, location });
    } catch (error) {
      if (!(error instanceof RegoError)) throw error;
      throw new RegoErrors([error]);
    }
  }
  if (input.flag('json')) printProblems(problems, world);
  else for (const { location, detail } of problems) world.print(`${locationText(location)}: ${detail}`);
  return problems.length === 0 ? 0 : 1;
}
