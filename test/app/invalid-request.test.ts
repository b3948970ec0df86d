import { describe, expect, it } from 'vitest';
import { type ApiPorts, createApi } from '../../app/http/api.ts';
import { silentLog } from '../../core/ports/system.ts';

const api = createApi({ log: silentLog } as ApiPorts);
const complete = {
  schema_version: 1,
  version: 'v1.4.0',
  canary: [10, 50, 100],
  gates: ['slo'],
  flags_auto_ramp: false,
  trace_id: 'a',
};

describe('a request that cannot be meant', () => {
  it.each<[string, string, string, string, RegExp]>([
    ['no JSON', '/v1/promotions', '{', 'application/json', /JSON/],
    ['no object', '/v1/promotions', '7', 'application/json', /^body: /],
    ['an empty body', '/v1/rollbacks', '', 'application/json', /JSON/],
    ['a form', '/v1/promotions', 'version=v1.4.0', 'application/x-www-form-urlencoded', /./],
    ['no version', '/v1/promotions', '{"schema_version":1}', 'application/json', /version: /],
    [
      'another schema',
      '/v1/promotions',
      JSON.stringify({ ...complete, schema_version: 2 }),
      'application/json',
      /schema_version: /,
    ],
    [
      'steps that are no numbers',
      '/v1/promotions',
      JSON.stringify({ ...complete, canary: ['10'] }),
      'application/json',
      /canary\.0: /,
    ],
  ])('%s is refused with a code, the places and what to do', async (_name, path, body, type, message) => {
    const answer = await api.request(path, { method: 'POST', body, headers: { 'content-type': type } });
    expect(answer.status).toBe(type.includes('json') ? 400 : 415);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await answer.json()) as Record<string, string>;
    expect(problem).toMatchObject({
      code: 'REQUEST_INVALID',
      help: expect.stringContaining('/v1/openapi.json'),
    });
    expect(problem.message).toMatch(message);
  });
});
