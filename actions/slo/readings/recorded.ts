import { z } from 'zod';
import { parseDuration } from '../../../core/config/duration.ts';
import { InputError } from '../../../core/errors.ts';
import type { Series } from '../../../core/ports/metrics.ts';
import type { Reading } from '../model.ts';
import { type Period, windowsOf } from '../period.ts';

const notFinite: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};
const value = z.union([
  z.number(),
  z.enum(['NaN', '+Inf', '-Inf']).transform((text) => notFinite[text] ?? Number.NaN),
]);
const time = z.union([z.int(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]);

/**
 * A recording: raw series, or counts per objective and window, or both. The window `start` is everything since
 * the processes began, as one scrape shows it, `period` everything since the period of the budget began. Unknown keys
 * are mistakes.
 */
const recordingSchema = z.strictObject({
  schema_version: z.literal(1),
  recorded_at: time,
  source: z.string().optional(),
  series: z
    .array(
      z.strictObject({
        metric: z.string(),
        labels: z.record(z.string(), z.string()).default({}),
        points: z.array(z.tuple([time, value])),
      }),
    )
    .default([]),
  objectives: z
    .record(
      z.string(),
      z.strictObject({
        newest_at: time.nullish(),
        windows: z.record(
          z
            .string()
            .refine(
              (text) => text === 'start' || text === 'period' || (parseDuration(text) ?? 0) > 0,
              'expected a window such as 5m, 1h or 30d',
            ),
          z.strictObject({ bad: value, total: value }),
        ),
      }),
    )
    .default({}),
});
export type Recording = z.infer<typeof recordingSchema>;

/** Throws `InputError` that names what is wrong with the file. */
export function parseRecording(bytes: Uint8Array, path: string): Recording {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new InputError('RECORDING_INVALID', `${path} is not JSON`, 'record it again');
  }
  const parsed = recordingSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new InputError(
    'RECORDING_INVALID',
    `${path} is not a recording: ${issues.join('; ')}`,
    'see actions/slo/README.md for the format',
  );
}

/** Points oldest first, whatever the order in the file; a point that is there twice counts once. */
export function seriesOfRecording(recording: Recording, metric: string): readonly Series[] {
  return recording.series
    .filter((series) => series.metric === metric)
    .map(({ labels, points }) => {
      const byTime = new Map(points.map(([at, counted]) => [at, counted]));
      const sorted = [...byTime].sort(([a], [b]) => a - b);
      return { labels, points: sorted.map(([at, counted]) => ({ at, value: counted })) };
    });
}

/** The counts that a recording gives for an objective by name; null when it has none. */
export function recordedReading(recording: Recording, name: string, period: Period): Reading | null {
  const recorded = Object.hasOwn(recording.objectives, name) ? recording.objectives[name] : undefined;
  if (recorded === undefined) return null;
  const windows = Object.entries(recorded.windows)
    .map(([window, counts]) => ({
      windowMs: windowMsOf(window, recording, period),
      ...counts,
    }))
    .sort((a, b) => a.windowMs - b.windowMs);
  const known = new Set(windows.map(({ windowMs }) => windowMs));
  const largest = windows.at(-1);
  if (largest === undefined)
    return { state: 'problem', problem: 'no-data', message: 'the recording has no windows' };
  const complete = windowsOf(period).every((windowMs) => known.has(windowMs));
  return {
    state: 'measured',
    newestAt: recorded.newest_at ?? recording.recorded_at,
    counted: true,
    extent: complete || windows.length > 1 ? 'history' : 'observed',
    windows: complete || windows.length > 1 ? windows : [largest],
    timeline: [],
  };
}

function windowMsOf(window: string, recording: Recording, period: Period): number {
  switch (window) {
    case 'start':
      return recording.recorded_at;
    case 'period':
      return period.windowMs;
    default:
      return parseDuration(window) ?? 0;
  }
}
