import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { PathTable } from './paths.ts';

/** What `scripts/openapi/extract.ts` writes. Schemas refer to each other as `#/schemas/<name>`. */
export interface OpenApiExtract {
  readonly operations: readonly {
    readonly method: string;
    readonly path: string;
    readonly query: readonly { readonly name: string; readonly required: boolean; readonly schema: object }[];
    readonly body?: { readonly required: boolean; readonly schema: object };
    readonly responses: Readonly<Record<string, { readonly schema?: object }>>;
  }[];
  readonly webhooks: Readonly<Record<string, object>>;
  readonly schemas: Readonly<Record<string, object>>;
}

export interface OpenApiVerdict {
  /** `METHOD /template`, or null when no known operation matches. */
  readonly operation: string | null;
  /** Empty when the value is what GitHub's description says. */
  readonly problems: readonly string[];
}

/** Compares requests, answers and webhook payloads with GitHub's own description. Pure; validators compile once. */
export interface OpenApiCheck {
  checkRequest(method: string, path: string, query: URLSearchParams, body: unknown): OpenApiVerdict;
  /** Answers of 400 and above need only a `message`. */
  checkResponse(method: string, path: string, status: number, body: unknown): OpenApiVerdict;
  checkPayload(event: string, payload: Readonly<Record<string, unknown>>): OpenApiVerdict;
}

export function createOpenApiCheck(extract: OpenApiExtract): OpenApiCheck {
  const table = new PathTable<number>();
  for (const [index, { method, path }] of extract.operations.entries()) table.add(method, path, index);
  const validator = createValidators(extract);

  const withOperation = (
    method: string,
    path: string,
    check: (index: number, operation: OpenApiExtract['operations'][number]) => readonly string[],
  ): OpenApiVerdict => {
    const index = table.find(method, path)?.value;
    const operation = index === undefined ? undefined : extract.operations[index];
    if (index === undefined || operation === undefined) {
      return { operation: null, problems: [`${method} ${path} is not an operation that the extract knows`] };
    }
    return { operation: `${operation.method} ${operation.path}`, problems: check(index, operation) };
  };

  return {
    checkRequest: (method, path, query, body) =>
      withOperation(method, path, (index, operation) => {
        const problems = queryProblems(operation, query, (i) =>
          validator(`/operations/${index}/query/${i}/schema`),
        );
        if (operation.body === undefined || body instanceof Uint8Array) return problems;
        if (body === undefined || body === null) {
          return operation.body.required ? [...problems, 'a body is required'] : problems;
        }
        return [...problems, ...problemsOf(validator(`/operations/${index}/body/schema`), body)];
      }),

    checkResponse: (method, path, status, body) =>
      withOperation(method, path, (index, operation) => {
        if (status === 304) return [];
        if (status >= 400) return typeof messageOf(body) === 'string' ? [] : ['an error has no message'];
        const response = operation.responses[String(status)];
        if (response === undefined) return [`status ${status} is not one of its answers`];
        if (response.schema === undefined) return [];
        return problemsOf(validator(`/operations/${index}/responses/${status}/schema`), body);
      }),

    checkPayload: (event, payload) => {
      const action = payload.action;
      const name = typeof action === 'string' ? `${event}/${action}` : event;
      if (extract.webhooks[name] === undefined) {
        return { operation: null, problems: [`${name} is not a webhook that the extract knows`] };
      }
      return {
        operation: name,
        problems: problemsOf(validator(`/webhooks/${escapePointer(name)}`), payload),
      };
    },
  };
}

/** A lookup of validators by JSON pointer into the extract, compiled when first asked for. */
function createValidators(extract: OpenApiExtract): (pointer: string) => ValidateFunction {
  // Compiling is what costs here, not checking: a schema that many share is compiled once, and left as it is written.
  const cheap = { inlineRefs: 1, code: { optimize: false } };
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, logger: false, ...cheap });
  formats.default(ajv);
  // GitHub answers an empty string where an address was not given.
  const uri = formats.default.get('uri');
  const isUri = uri instanceof RegExp ? (text: string) => uri.test(text) : uri;
  ajv.addFormat('uri', (text: string) => text === '' || (typeof isUri === 'function' && isUri(text)));
  ajv.addSchema({ ...extract, $id: 'github' });
  const compiled = new Map<string, ValidateFunction>();
  return (pointer) => {
    const known = compiled.get(pointer);
    if (known !== undefined) return known;
    const fresh = ajv.compile({ $ref: `github#${pointer}` });
    compiled.set(pointer, fresh);
    return fresh;
  };
}

function queryProblems(
  operation: OpenApiExtract['operations'][number],
  query: URLSearchParams,
  validatorOf: (index: number) => ValidateFunction,
): string[] {
  const problems: string[] = [];
  const known = new Set(operation.query.map(({ name }) => name));
  for (const name of query.keys()) if (!known.has(name)) problems.push(`query parameter ${name} is unknown`);
  for (const [index, { name, required }] of operation.query.entries()) {
    const text = query.get(name);
    if (text === null && required) problems.push(`query parameter ${name} is required`);
    if (text === null) continue;
    const validate = validatorOf(index);
    if (!readings(text).some((value) => validate(value)))
      problems.push(`query parameter ${name} is not valid: ${text}`);
  }
  return problems;
}

/** A query parameter is text on the wire and may be meant as a number, a boolean or itself. */
function readings(text: string): readonly unknown[] {
  if (text === 'true' || text === 'false') return [text === 'true', text];
  return /^-?\d+$/.test(text) ? [Number(text), text] : [text];
}

function problemsOf(validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(describe);
}

function describe({ instancePath, message, params }: ErrorObject): string {
  const allowed = (params as { allowedValues?: unknown[] }).allowedValues;
  return `${instancePath || '/'} ${message ?? 'is not valid'}${allowed === undefined ? '' : `: ${allowed.join(', ')}`}`;
}

function messageOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
}

function escapePointer(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
