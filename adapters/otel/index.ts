import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  ROOT_CONTEXT,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Tracing, traceIdOf } from '../../core/ports/tracing.ts';

type Fields = Readonly<Record<string, string | number>>;

/**
 * Tracing by OpenTelemetry. Spans always have ids, so that log and audit log can name them; they are sent by OTLP over
 * HTTP only when OTEL_EXPORTER_OTLP_ENDPOINT (or `…_TRACES_ENDPOINT`) says where to: the exporter reads those
 * variables, and OTEL_EXPORTER_OTLP_HEADERS, itself.
 */
export function openTracing(
  env: Readonly<Record<string, string | undefined>>,
  processors: readonly SpanProcessor[] = exportTo(env),
): Tracing {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME || 'release-conductor' }),
    spanProcessors: [...processors],
  });
  const tracer = provider.getTracer('release-conductor');
  const contexts = new AsyncLocalStorageContextManager().enable();
  const fieldsHere = new AsyncLocalStorage<Fields>();
  return {
    span: (name, { parent, fields = {} }, work) => {
      const known = Object.fromEntries(
        Object.entries(fields).filter((field): field is [string, string | number] => field[1] !== undefined),
      );
      const context = parentContext(parent) ?? contexts.active();
      const span = tracer.startSpan(name, { attributes: known }, context);
      const run = async () => {
        try {
          return await work();
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          span.recordException({
            name: error instanceof Error ? error.name : 'Error',
            message: codeOf(error),
          });
          throw error;
        } finally {
          span.end();
        }
      };
      const all = { ...fieldsHere.getStore(), ...known };
      return contexts.with(trace.setSpan(context, span), () => fieldsHere.run(all, run));
    },
    current: () => traceparentOf(trace.getSpanContext(contexts.active())),
    logFields: () => {
      const id = trace.getSpanContext(contexts.active())?.traceId;
      return { ...fieldsHere.getStore(), ...(id === undefined ? {} : { trace_id: id }) };
    },
    close: async () => {
      await provider.shutdown();
      contexts.disable();
    },
  };
}

function exportTo(env: Readonly<Record<string, string | undefined>>): readonly SpanProcessor[] {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return endpoint ? [new BatchSpanProcessor(new OTLPTraceExporter())] : [];
}

/** A message may quote what a person wrote or a service answered; a code cannot. */
function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'INTERNAL';
}

function parentContext(parent: string | null | undefined): Context | null {
  const traceId = traceIdOf(parent ?? null);
  if (traceId === undefined) return null;
  const [, , spanId = ''] = (parent as string).split('-');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}

function traceparentOf(context: SpanContext | undefined): string | null {
  if (context === undefined) return null;
  return `00-${context.traceId}-${context.spanId}-${context.traceFlags.toString(16).padStart(2, '0')}`;
}
