import { readFileSync } from 'node:fs';
import { createOpenApiCheck, type OpenApiExtract } from '../../sandbox/github/openapi-check.ts';

const extract = JSON.parse(
  readFileSync(new URL('../../sandbox/github/openapi.json', import.meta.url), 'utf8'),
) as OpenApiExtract;

/** Checks requests, answers and webhook payloads against GitHub's own OpenAPI description. */
export const { checkRequest, checkResponse, checkPayload } = createOpenApiCheck(extract);
