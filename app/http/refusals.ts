import { z } from '@hono/zod-openapi';

const problemSchema = z
  .object({ code: z.string(), message: z.string(), help: z.string() })
  .openapi('Problem', { description: 'What was expected, what was found, what to change (RFC 9457)' });

/** What every route may answer but its own answers, for the description of the API. */
export const refusals = Object.fromEntries(
  [400, 401, 403, 404, 409, 413, 415, 422, 503].map((status) => [
    status,
    { description: 'Refused', content: { 'application/problem+json': { schema: problemSchema } } },
  ]),
);
