import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, it, onTestFinished } from 'vitest';
import { openTracing } from '../../../adapters/otel/index.ts';
import { traceIdOf } from '../../../core/ports/tracing.ts';

function start() {
  const exporter = new InMemorySpanExporter();
  const tracing = openTracing({}, [new SimpleSpanProcessor(exporter)]);
  onTestFinished(() => tracing.close());
  return { tracing, exporter };
}

it('goes on with the trace of what led here, and only with one that is well formed', async () => {
  const { tracing, exporter } = start();
  const parent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await tracing.span('later', { parent }, async () => {
    expect(traceIdOf(tracing.current())).toBe('a'.repeat(32));
  });
  await tracing.span('fresh', { parent: '00-nonsense' }, async () => {
    expect(traceIdOf(tracing.current())).toMatch(/^(?!a{32})[0-9a-f]{32}$/);
  });
  const [later, fresh] = exporter.getFinishedSpans();
  expect(later?.parentSpanContext?.spanId).toBe('b'.repeat(16));
  expect(fresh?.parentSpanContext).toBeUndefined();
});

it('gives logs the trace and the fields of all spans around them, and nothing behind', async () => {
  const { tracing } = start();
  await tracing.span('outer', { fields: { tenant: 'acme', release: 'v1' } }, () =>
    tracing.span('inner', { fields: { env: 'production', release: undefined } }, async () => {
      const id = traceIdOf(tracing.current());
      expect(tracing.logFields()).toEqual({ tenant: 'acme', release: 'v1', env: 'production', trace_id: id });
    }),
  );
  expect(tracing.logFields()).toEqual({});
  expect(tracing.current()).toBeNull();
});

it('remembers that something failed by its code alone', async () => {
  const { tracing, exporter } = start();
  const error = Object.assign(new Error('token ghp_secret'), { code: 'REFUSED' });
  await expect(tracing.span('bad', {}, () => Promise.reject(error))).rejects.toBe(error);
  const [span] = exporter.getFinishedSpans();
  expect(span?.events[0]?.attributes).toMatchObject({ 'exception.message': 'REFUSED' });
  expect(JSON.stringify([span?.events, span?.status])).not.toContain('ghp_secret');
});
