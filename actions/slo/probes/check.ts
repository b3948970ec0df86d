import type { Probe } from './golden-paths.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Everything about an answer that is not as expected. Says what was looked for, never what the body holds. */
export function checkResponse({ expect }: Probe, answer: Answer): readonly string[] {
  const { status, headers, body } = answer;
  const problems: string[] = [];
  if (!expect.status.some((wanted) => isStatus(status, wanted))) {
    problems.push(`status ${status}, expected ${expect.status.join(' or ')}`);
  }
  for (const [name, wanted] of Object.entries(expect.headers)) {
    if (!(headers.get(name) ?? '').toLowerCase().includes(wanted.toLowerCase())) {
      problems.push(`header ${name} lacks ${JSON.stringify(wanted)}`);
    }
  }
  for (const text of expect.body?.contains ?? []) {
    if (!body.includes(text)) problems.push(`body lacks ${JSON.stringify(text)}`);
  }
  for (const text of expect.body?.not_contains ?? []) {
    if (body.includes(text)) problems.push(`body contains ${JSON.stringify(text)}`);
  }
  return [...problems, ...checkJson(expect.body, body)];
}

function checkJson(expected: Probe['expect']['body'], body: string): readonly string[] {
  const values = Object.entries(expected?.json ?? {});
  const present = expected?.json_exists ?? [];
  if (values.length === 0 && present.length === 0) return [];
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return ['body is not JSON'];
  }
  // Loaded when a body is compared: the module costs each start 3 ms.
  const { isDeepStrictEqual } = process.getBuiltinModule('node:util');
  return [
    ...values
      .filter(([pointer, wanted]) => !isDeepStrictEqual(pointed(document, pointer), wanted))
      .map(([pointer, wanted]) => `body at ${pointer || '/'} is not ${JSON.stringify(wanted)}`),
    ...present
      .filter((pointer) => pointed(document, pointer) === undefined)
      .map((pointer) => `body has nothing at ${pointer}`),
  ];
}

/** RFC 6901. Undefined when there is nothing at the pointer. */
function pointed(document: unknown, pointer: string): unknown {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, document);
}

function isStatus(status: number, wanted: string): boolean {
  return wanted.endsWith('xx')
    ? Math.floor(status / 100) === Number(wanted.charAt(0))
    : status === Number(wanted);
}
