import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { JudgeRecord } from './record.ts';

/** Far more than a record has: what is longer is not ours. */
const mostTicks = 20_000;
const mostPoints = 100;
const mostFigures = 20;
const mostLines = 200;
const longestLine = 1_000_000;

const count = z.number().min(0);
const time = z.number();
const capital = z.array(count).max(mostPoints);
const process = z.strictObject({ capital, stakes: count, rest: z.number() });
const arm = z.strictObject({
  requests: count,
  errors: count,
  slow: z.array(count.nullable()).max(mostPoints),
  compared: z.array(z.number().nullable()).max(mostFigures).optional(),
});
const totals = z.strictObject({ requests: count, errors: count, slow: z.array(count).max(mostPoints) });

const lag = z.strictObject({ products: z.number(), first: z.number(), last: z.number() });
const mean = z.strictObject({ count, mean: z.number(), squares: count, lag: lag.optional() });
const figure = z.strictObject({
  name: z.string().max(100),
  kind: z.enum(['events', 'gauge']),
  worse: z.enum(['higher', 'lower']),
  tolerated: count,
  limit: z.number().optional(),
  rollsBack: z.literal(true).optional(),
});

const interval = z.strictObject({ requests: count, events: count });
const assumed = z.strictObject({
  size: z.number().min(1),
  pairs: z.strictObject({ capped: count, expected: count, variance: count }),
  odd: interval.nullable(),
});

const settings = z.strictObject({
  method: z.literal(2).optional(),
  alpha: z.number().gt(0).lt(1),
  beta: z.number().gt(0).lt(1),
  toleratedRatio: z.number().min(1),
  maxErrorRate: z.number().gt(0).lt(1),
  maxSlowdown: z.number().gt(1),
  slowEdges: z.array(z.number().positive()).min(1).max(mostPoints),
  cluster: z.number().min(1),
  assumedCluster: z.number().min(1).optional(),
  minRequests: count,
  noDataAfter: count,
  warmUp: count,
  deadline: count,
  steps: z.int().min(1),
  compared: z.array(figure).max(mostFigures).optional(),
});

const opening = z.strictObject({
  schema_version: z.literal(2),
  step: count,
  since: time,
  baselineExpected: z.boolean(),
  lastDataAt: time,
  lastBaselineAt: time,
  measuresSlow: z.boolean().optional(),
  harm: z.strictObject({
    errors: process,
    slow: z.array(process).max(mostPoints),
    absolute: process,
    tail: process,
    compared: z.array(process).max(mostFigures).optional(),
  }),
  gauges: z.array(mean).max(mostFigures).optional(),
  baselineHarm: process,
  health: z.strictObject({ belowLimit: capital, belowRatio: capital, information: count }),
  dispersion: z.strictObject({
    ticks: count,
    sum: count,
    variance: count,
    canary: count,
    baseline: count,
    learned: z.number().min(1).default(1),
    assumed: assumed.optional(),
  }),
  totals: z.strictObject({ canary: totals, baseline: totals }),
});

const tick = z.strictObject({
  at: time,
  counts: z.union([
    z.enum(['READING_FAILED', 'STALE_READING']),
    z.strictObject({ from: time.nullable(), readAt: time, canary: arm, baseline: arm }),
  ]),
  verdict: z.enum(['continue', 'rollback', 'ready', 'wait', 'no-data', 'inconclusive']),
});

const recordSchema = z.strictObject({
  schema_version: z.literal(1),
  settings,
  opening,
  packed: z.array(z.string().max(longestLine)).max(mostLines).default([]),
  ticks: z.array(tick).max(mostTicks),
});

/** What the evidence says about one step: the judge's last word, and the record that it follows from. */
const documentSchema = z.object({
  step: count,
  weight: count,
  verdict: z.string(),
  reasons: z.array(z.string()),
  data: z.record(z.string(), z.unknown()),
  record: recordSchema.optional(),
});

export interface JudgeDocument extends Omit<z.infer<typeof documentSchema>, 'record' | 'reasons' | 'data'> {
  readonly reasons: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly record: JudgeRecord | null;
}

/**
 * A `canary/*.json` of the evidence, from anywhere.
 * @throws InputError `NOT_A_JUDGE_RECORD`
 */
export function parseJudgeDocument(name: string, text: string): JudgeDocument {
  const parsed = documentSchema.safeParse(parseJson(name, text));
  if (!parsed.success) {
    const [{ path, message } = { path: [], message: 'unreadable' }] = parsed.error.issues;
    throw notARecord(name, [...(path.length === 0 ? [] : [path.join('.')]), message].join(': '));
  }
  const { record = null, ...rest } = parsed.data;
  // JSON has no undefined members: what is optional is absent.
  return { ...rest, record: record as JudgeRecord | null };
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notARecord(name, 'it is no JSON');
  }
}

function notARecord(name: string, what: string): InputError {
  return new InputError(
    'NOT_A_JUDGE_RECORD',
    `${name} is not what the judge recorded about a step (${what})`,
    'Give an evidence zip, or a file canary/*.json of one.',
  );
}
