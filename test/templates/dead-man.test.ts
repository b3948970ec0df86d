import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const minute = 60_000;

interface Answers {
  readonly deployments: readonly object[];
  /** When the tracking issue was last changed, ms before now; null: the API does not say. */
  readonly silence?: number | null;
  readonly service?: string;
}

interface Outcome {
  readonly status: number;
  readonly written: readonly { readonly path: string; readonly body: Record<string, unknown> }[];
  readonly output: string;
}

/** Runs the script of the template as its workflow does, against a server that answers like GitHub. */
async function check({ deployments, silence = 0, service = '' }: Answers): Promise<Outcome> {
  const written: { path: string; body: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    if (request.method === 'POST') written.push({ path, body: JSON.parse(Buffer.concat(chunks).toString()) });
    const updated = silence === null ? undefined : new Date(Date.now() - silence).toISOString();
    const answer =
      request.method === 'POST'
        ? { id: 99 }
        : path.endsWith('/deployments')
          ? deployments
          : { updated_at: updated };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const folder = await mkdtemp(join(tmpdir(), 'dead-man-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = {
    ...process.env,
    GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_TOKEN: 'token',
    GITHUB_OUTPUT: join(folder, 'output'),
    ENVIRONMENT: 'production',
    SERVICE: service,
  };
  const ended = await run(process.execPath, ['templates/deploy/dead-man.mjs', 'check'], { env }).then(
    () => 0,
    (error: { code: number }) => error.code,
  );
  return { status: ended, written, output: await readFile(join(folder, 'output'), 'utf8').catch(() => '') };
}

const lease = { issue: 7, silence_ms: 15 * minute, back_to: { version: 'v1.0.0', sha: '0'.repeat(40) } };
const canary = { id: 5, task: 'promote', payload: { schema_version: 1, weight: 10, lease } };

describe('the dead-man switch', () => {
  it('goes back to the verified version when the Conductor has been silent for longer than the lease', async () => {
    const { status, written, output } = await check({ deployments: [canary], silence: 16 * minute });
    expect(status).toBe(0);
    expect(written.map(({ path }) => path)).toEqual([
      '/repos/acme/shop/deployments',
      '/repos/acme/shop/issues/7/comments',
    ]);
    expect(written[0]?.body).toMatchObject({
      task: 'rollback',
      ref: lease.back_to.sha,
      payload: { weight: 100 },
    });
    expect(written[1]?.body.body).not.toMatch(/^\//m);
    expect(output).toContain('fired=true\n');
    expect(output).toContain('version=v1.0.0\n');
  });

  it.each<[string, Answers]>([
    ['while there are signs of life', { deployments: [canary], silence: 14 * minute }],
    ['when nothing was ever deployed', { deployments: [] }],
    ['after a rollback', { deployments: [{ ...canary, task: 'rollback' }], silence: 60 * minute }],
    [
      'at 100 %, which has no lease',
      { deployments: [{ ...canary, payload: { weight: 100 } }], silence: 60 * minute },
    ],
  ])('does nothing %s', async (_name, answers) => {
    expect(await check(answers)).toEqual({ status: 0, written: [], output: '' });
  });

  it('fails, and moves nothing, when the sign of life cannot be read', async () => {
    expect(await check({ deployments: [canary], silence: null })).toEqual({
      status: 1,
      written: [],
      output: '',
    });
  });

  it('looks at the newest deployment of its own service', async () => {
    const api = { ...canary, payload: { ...canary.payload, service: 'api' } };
    const web = { id: 6, task: 'promote', payload: { schema_version: 1, service: 'web', weight: 100 } };
    const deployments = [web, api];
    const { written } = await check({ deployments, silence: 16 * minute, service: 'api' });
    expect(written[0]?.body.payload).toMatchObject({ service: 'api', version: 'v1.0.0' });
    expect((await check({ deployments, silence: 16 * minute, service: 'web' })).written).toEqual([]);
  });

  it('reads a payload that GitHub gives back as text', async () => {
    const text = { ...canary, payload: JSON.stringify(canary.payload) };
    expect((await check({ deployments: [text], silence: 16 * minute })).output).toContain('fired=true');
  });
});
