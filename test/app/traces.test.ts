import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { commitFiles, eventually, repository, startWorld, submit } from './world.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

/** Somewhere to send traces to: OTLP over HTTP, as JSON. */
async function startCollector(): Promise<{ readonly url: string; readonly spans: readonly Span[] }> {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as {
      resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
    };
    for (const { scopeSpans } of body.resourceSpans)
      spans.push(...scopeSpans.flatMap((scope) => scope.spans));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans };
}

it('follows a webhook into its decision, the audit log, its effects, and what became of them', async () => {
  const collector = await startCollector();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const world = await startWorld({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  // What is looked up at the start would find the pull request too, in a trace of its own.
  await eventually(async () =>
    world.github.requests().some(({ operation }) => operation === 'GET /repos/{owner}/{repo}/pulls')
      ? true
      : null,
  );
  const sha = await commitFiles(world.alice, 'feature', { 'a.txt': 'a' });
  await world.alice.rest.pulls.create({ ...repository, head: 'feature', base: 'main', title: 'a' });
  const [delivery] = await eventually(async () => {
    const rows = await world.query<{ trace: string }>(
      `select trace from deliveries where event = 'pull_request' and done_at is not null`,
    );
    return rows.length > 0 ? rows : null;
  });
  const traceId = delivery?.trace.split('-')[1] ?? '';
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(
    await world.query(
      `select distinct entry->>'traceId' as trace from audit where entry->>'action' = 'change.head'`,
    ),
  ).toEqual([{ trace: traceId }]);
  const effects = await eventually(async () => {
    // The look at the repository's rules at the start is a trace of its own.
    const rows = await world.query<{ trace: string }>(
      `select trace from effects where state = 'done' and key like 'change/%'`,
    );
    return rows.length >= 5 ? rows : null;
  });
  expect(new Set(effects.map(({ trace }) => trace.split('-')[1]))).toEqual(new Set([traceId]));

  expect((await submit(world, { gate: 'slo', sha })).status).toBe(202);
  const [verdict] = await world.query<{ trace: string }>(
    `select entry->>'traceId' as trace from audit where entry->>'action' = 'gate.verdict'`,
  );
  expect(verdict?.trace).toMatch(/^[0-9a-f]{32}$/);
  expect(verdict?.trace).not.toBe(traceId);

  await world.conductor.close();
  const own = collector.spans.filter((span) => span.traceId === traceId).map(({ name }) => name);
  expect(own).toEqual(
    expect.arrayContaining([
      'webhook pull_request',
      'delivery pull_request',
      'effect publishCheck',
      'effect upsertComment',
    ]),
  );
  expect(collector.spans.map(({ name }) => name)).toContain('POST /v1/evidence');
});
