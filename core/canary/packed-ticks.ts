import { InputError } from '../errors.ts';
import type { ArmDelta } from './counters.ts';
import type { Tick } from './reader.ts';
import type { CanaryVerdict } from './verdict.ts';

/** A tick and what the judge said then. */
export interface JudgedTick extends Tick {
  readonly verdict: CanaryVerdict;
}

/** Every verdict and note has its letter: they are kept for good, so letters are never given anew. */
const letters: Readonly<Record<CanaryVerdict | 'READING_FAILED' | 'STALE_READING', string>> = {
  continue: 'c',
  rollback: 'r',
  ready: 'y',
  wait: 'w',
  'no-data': 'n',
  inconclusive: 'i',
  READING_FAILED: 'f',
  STALE_READING: 's',
};
const names = new Map(Object.entries(letters).map(([name, letter]) => [letter, name]));

type Counts = readonly (number | null)[];
type Arm = readonly [requests: number, errors: number, slow: Counts, compared?: Counts];
type Packed =
  | readonly [verdict: string, at: number, note: string]
  | readonly [verdict: string, at: number, from: number | null, readAt: number, canary: Arm, baseline: Arm];

/** Many readings in one line of text, a fifth as long, from which they come back exactly. */
export function packTicks(ticks: readonly JudgedTick[]): string {
  return JSON.stringify(
    ticks.map(({ at, counts, verdict }): Packed => {
      if (typeof counts === 'string') return [letters[verdict], at, letters[counts]];
      const { from, readAt, canary, baseline } = counts;
      return [letters[verdict], at, from, readAt, packArm(canary), packArm(baseline)];
    }),
  );
}

/** @throws InputError `NOT_A_JUDGE_RECORD` for a text that `packTicks` did not write. */
export function unpackTicks(text: string): readonly JudgedTick[] {
  try {
    return (JSON.parse(text) as Packed[]).map((packed): JudgedTick => {
      const [letter, at, ...rest] = packed;
      const verdict = nameOf<CanaryVerdict>(letter);
      if (rest.length === 1)
        return { at: number(at), counts: nameOf<Tick['counts'] & string>(rest[0]), verdict };
      const [from, readAt, canary, baseline] = rest;
      const counts = {
        from: from === null ? null : number(from),
        readAt: number(readAt),
        canary: unpackArm(canary),
        baseline: unpackArm(baseline),
      };
      return { at: number(at), counts, verdict };
    });
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw unreadable();
  }
}

function packArm({ requests, errors, slow, compared }: ArmDelta): Arm {
  return compared === undefined ? [requests, errors, slow] : [requests, errors, slow, compared];
}

function unpackArm([requests, errors, slow, compared]: Arm): ArmDelta {
  const arm = { requests: number(requests), errors: number(errors), slow: slow.map(known) };
  return compared === undefined ? arm : { ...arm, compared: compared.map(known) };
}

function known(count: number | null): number | null {
  return count === null ? null : number(count);
}

function nameOf<Name extends string>(letter: string): Name {
  const name = names.get(letter);
  if (name === undefined) throw unreadable();
  return name as Name;
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw unreadable();
  return value;
}

function unreadable(): InputError {
  return new InputError(
    'NOT_A_JUDGE_RECORD',
    'Packed readings of a judge’s record cannot be read',
    'Use the file as it lies in the evidence.',
  );
}
