/**
 * Takes what we use out of GitHub's own OpenAPI description, without its prose, into `sandbox/github/openapi.json`.
 *
 *   node scripts/openapi/extract.ts [path of api.github.com.json]
 *
 * Without a path the npm package `@octokit/openapi` (29 MB packed, 400 MB unpacked: too much for a dependency)
 * is downloaded into a temporary folder.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations, webhooks } from './operations.ts';
import { type Json, type JsonObject, plainSchema } from './schema.ts';

const packageName = '@octokit/openapi@23.0.2';
const target = new URL('../../sandbox/github/openapi.json', import.meta.url);

const description = readDescription(process.argv[2]);
const extract = extractUsed(description);
writeFileSync(target, `${JSON.stringify(extract)}\n`);
console.log(
  `${operations.length} operations, ${webhooks.length} webhooks, ${Object.keys(extract.schemas).length} schemas`,
);

function readDescription(path: string | undefined): JsonObject {
  if (path !== undefined) return JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
  try {
    execFileSync('npm', ['pack', '--silent', packageName], { cwd: folder });
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
    const wanted = 'package/generated/api.github.com.json';
    execFileSync('tar', ['xzf', tarball, wanted], { cwd: folder });
    return JSON.parse(readFileSync(join(folder, wanted), 'utf8')) as JsonObject;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function extractUsed(document: JsonObject) {
  const used = new Set<string>();
  const note = (name: string): void => void used.add(name);
  const deref = (value: Json): JsonObject => resolve(document, value);

  const takenOperations = operations.map((line) => takeOperation(document, line, deref, note));
  const takenWebhooks = Object.fromEntries(
    webhooks.map((name) => [name, takeWebhook(document, name, deref, note)]),
  );

  // A schema may name further schemas: `used` grows while it is walked.
  const schemas: Record<string, Json> = {};
  for (const name of used) schemas[name] = plainSchema(at(document, 'components', 'schemas', name), note);
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));

  return { source: packageName, operations: takenOperations, webhooks: takenWebhooks, schemas: sorted };
}

type Deref = (value: Json) => JsonObject;
type Note = (schema: string) => void;

function takeOperation(document: JsonObject, line: string, deref: Deref, note: Note): JsonObject {
  const [method = '', path = ''] = line.split(' ');
  const item = at(document, 'paths', path);
  const operation = item[method.toLowerCase()] as JsonObject | undefined;
  if (operation === undefined) throw new Error(`GitHub's description has no operation ${line}`);

  const query = ((operation.parameters ?? []) as Json[])
    .map(deref)
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) => ({
      name: parameter.name as string,
      required: parameter.required === true,
      schema: plainSchema(parameter.schema as JsonObject, note),
    }));

  const body = operation.requestBody === undefined ? undefined : deref(operation.requestBody);
  const bodySchema = body === undefined ? undefined : jsonContent(body);
  const responses = Object.fromEntries(
    Object.entries(operation.responses as JsonObject)
      .filter(([status]) => /^[23]/.test(status))
      .map(([status, response]) => {
        const schema = jsonContent(deref(response));
        return [status, schema === undefined ? {} : { schema: plainSchema(schema, note) }];
      }),
  );

  return {
    method,
    path,
    query,
    ...(bodySchema === undefined
      ? {}
      : { body: { required: body?.required === true, schema: plainSchema(bodySchema, note) } }),
    responses,
  };
}

function takeWebhook(document: JsonObject, name: string, deref: Deref, note: Note): Json {
  const key = name.replaceAll('_', '-').replace('/', '-');
  const webhook = (document['x-webhooks'] as JsonObject)[key] as JsonObject | undefined;
  if (webhook === undefined) throw new Error(`GitHub's description has no webhook ${key}`);
  const post = webhook.post as JsonObject;
  const schema = jsonContent(deref(post.requestBody as Json));
  if (schema === undefined) throw new Error(`the webhook ${key} has no JSON payload`);
  return plainSchema(schema, note);
}

function jsonContent(holder: JsonObject): JsonObject | undefined {
  const content = holder.content as JsonObject | undefined;
  const json = content?.['application/json'] as JsonObject | undefined;
  return json?.schema as JsonObject | undefined;
}

function resolve(document: JsonObject, value: Json): JsonObject {
  const object = value as JsonObject;
  const reference = object.$ref;
  if (typeof reference !== 'string') return object;
  return at(document, ...reference.replace('#/', '').split('/'));
}

function at(document: JsonObject, ...path: readonly string[]): JsonObject {
  let here: Json | undefined = document;
  for (const step of path) here = (here as JsonObject)[step];
  if (here === undefined) throw new Error(`GitHub's description has no ${path.join('/')}`);
  return here as JsonObject;
}
