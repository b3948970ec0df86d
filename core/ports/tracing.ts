/** What a span is about. The fields also stand in every log line that is written inside of it. */
export interface SpanOptions {
  /** `traceparent` (w3.org/TR/trace-context) of what led to this, in this process or before; absent or null: nothing did. */
  readonly parent?: string | null | undefined;
  readonly fields?: Readonly<Record<string, string | number | undefined>>;
}

/** Follows one happening through the process and through the store: delivery → decision → effects. */
export interface Tracing {
  /** Runs `work` inside a span, which ends with it and remembers its error. */
  span<Result>(name: string, options: SpanOptions, work: () => Promise<Result>): Promise<Result>;
  /** `traceparent` of the span that is under way here; null: none is. */
  current(): string | null;
  /** Fields of the spans under way here, with `trace_id`: for logs. */
  logFields(): Readonly<Record<string, string | number>>;
  /** Sends what is still to be sent. */
  close(): Promise<void>;
}

/** Runs everything and remembers nothing. */
export const silentTracing: Tracing = {
  span: (_name, _options, work) => work(),
  current: () => null,
  logFields: () => ({}),
  close: async () => {},
};

/** The trace id in a `traceparent`, 32 hex digits; undefined when it is none. */
export function traceIdOf(traceparent: string | null): string | undefined {
  return /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(traceparent ?? '')?.[1];
}
