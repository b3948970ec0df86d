import type { Job, PlacedText, Step, Workflow } from './workflow.ts';

/** What names stand for where an expression is evaluated, as texts of the workflow. */
export interface Scope {
  readonly env: Readonly<Record<string, string>>;
  /** Of a reusable workflow or a composite action, as its caller gives them. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** `env` of the workflow, the job and the step, the nearest one first. */
export function scopeOf(
  workflow: Workflow,
  job: Job,
  step: Step | null,
  inputs: Scope['inputs'] = {},
): Scope {
  return { env: { ...texts(workflow.env), ...texts(job.env), ...texts(step?.env ?? {}) }, inputs };
}

export function texts(placed: Readonly<Record<string, PlacedText>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(placed).map(([name, { text }]) => [name, text]));
}

/** One spelling for what GitHub takes as one: `GitHub.Event['issue']` is `github.event.issue`. */
export function normalised(expression: string): string {
  return expression
    .replace(/\[\s*'([\w-]+)'\s*\]/g, '.$1')
    .replace(/\b(github|env|inputs|steps|needs|event|tojson|fromjson)\b/gi, (word) => word.toLowerCase());
}

/** An expression, or a text with expressions, in which `env` and `inputs` are what they were set to. */
export function expanded(text: string, { env, inputs }: Scope): string {
  let result = normalised(text);
  // Values refer to one another; a circle of them ends after a few turns.
  for (let turn = 0; turn < 4; turn++) {
    const next = result.replace(/(?<![\w.])(env|inputs)\.([\w-]+)/g, (whole, kind: string, name: string) => {
      const value = (kind === 'env' ? env : inputs)[name];
      return value === undefined ? whole : normalised(value);
    });
    if (next === result) break;
    result = next.slice(0, 20_000);
  }
  return result;
}

/** A shell script in which `$NAME` is what its environment sets it to. */
export function expandedScript(script: string, scope: Scope): string {
  const filled = script.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const value = scope.env[braced ?? bare ?? ''];
    return value === undefined ? whole : value;
  });
  return expanded(filled, scope);
}
