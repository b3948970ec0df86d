import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import type { Problem } from './problem.ts';

const help = 'Send what /v1/openapi.json describes, as JSON with `content-type: application/json`.';
const namedPlaces = 5;

/** A request whose body or query is not as the schema says, with the places. */
export function invalidRequest({ issues }: Pick<z.ZodError, 'issues'>): Problem {
  const places = issues
    .slice(0, namedPlaces)
    .map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  const more = issues.length > namedPlaces ? ` (and ${issues.length - namedPlaces} more)` : '';
  return { status: 400, code: 'REQUEST_INVALID', message: `${places.join('; ')}${more}`, help };
}

/** What the framework itself refuses, e.g. a body that is no JSON; null: that was not it. */
export function refusedByFramework(error: unknown): Problem | null {
  if (!(error instanceof HTTPException) || error.status < 400 || error.status > 499) return null;
  return {
    status: error.status,
    code: 'REQUEST_INVALID',
    message: error.message || 'the request cannot be read',
    help,
  };
}
