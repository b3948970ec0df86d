import { z } from 'zod';
import { ProviderError } from '../../core/errors.ts';
import type { Series } from '../../core/ports/metrics.ts';

const pointSchema = z.tuple([z.number(), z.string()]);
const labelsSchema = z.record(z.string(), z.string());
const dataSchema = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({ metric: labelsSchema, value: pointSchema.optional(), histogram: z.unknown().optional() }),
    ),
  }),
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: labelsSchema,
        values: z.array(pointSchema).optional(),
        histograms: z.unknown().optional(),
      }),
    ),
  }),
  z.object({ resultType: z.literal('scalar'), result: pointSchema }),
]);

/** `data` of an answer → series. `NaN`, `+Inf` and `-Inf` stay what they are: the caller decides what they mean. */
export function parseSeries(data: unknown): readonly Series[] {
  const parsed = dataSchema.safeParse(data);
  if (!parsed.success) throw unexpected('the answer has a shape that the API does not document');
  const { resultType, result } = parsed.data;
  switch (resultType) {
    case 'scalar':
      return [{ labels: {}, points: [toPoint(result)] }];
    case 'vector':
      return result.map((entry) => ({
        labels: entry.metric,
        points: [toPoint(entry.value ?? nativeHistogram())],
      }));
    case 'matrix':
      return result.map((entry) => {
        if (entry.histograms !== undefined) nativeHistogram();
        return { labels: entry.metric, points: (entry.values ?? []).map(toPoint) };
      });
  }
}

function toPoint([at, text]: readonly [number, string]): { readonly at: number; readonly value: number } {
  return { at: Math.round(at * 1_000), value: parseValue(text) };
}

function parseValue(text: string): number {
  switch (text) {
    case 'NaN':
      return Number.NaN;
    case '+Inf':
    case 'Inf':
      return Number.POSITIVE_INFINITY;
    case '-Inf':
      return Number.NEGATIVE_INFINITY;
  }
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw unexpected(`${JSON.stringify(text.slice(0, 40))} is not a sample value`);
  return value;
}

function nativeHistogram(): never {
  throw unexpected('the series is a native histogram, expected a float; query a quantile or a count of it');
}

function unexpected(message: string): ProviderError {
  return new ProviderError('PROMETHEUS_ANSWER', message, 'check that the URL is a Prometheus HTTP API', {
    retryable: false,
  });
}
