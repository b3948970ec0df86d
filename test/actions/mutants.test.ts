import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../actions/perf/formats/read.ts';
import { FormatError } from '../../actions/perf/model.ts';
import { readDocuments } from '../../actions/slo/documents/read.ts';
import fc from '../support/fast-check.ts';

const cases = join(import.meta.dirname, '../cases');
const small = (pattern: string): readonly Buffer[] =>
  globSync(join(cases, pattern))
    .sort()
    .map((path) => readFileSync(path))
    .filter(({ length }) => length > 0 && length < 20_000);

/** A file of the cases with a few bytes changed, a part cut out, or its end missing; numbers made absurd. */
function mutant(files: readonly Buffer[]): fc.Arbitrary<Uint8Array> {
  const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  return fc
    .tuple(
      fc.constantFrom(...files),
      fc.array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
      fc.tuple(place, fc.integer({ min: 0, max: 300 })),
      fc.constantFrom(null, '1e999', '-1', 'null', '0', '""'),
    )
    .map(([file, changes, [cut, length], absurd]) => {
      const bytes = Buffer.from(file);
      for (const [at, byte] of changes) bytes[Math.floor(at * bytes.length)] = byte;
      const from = Math.floor(cut * bytes.length);
      const text = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]).toString('latin1');
      return Buffer.from(absurd === null ? text : text.replace(/\d+(?=\D*$)/, absurd), 'latin1');
    });
}

describe('whatever becomes of a file', () => {
  it('a result has finite numbers or is unreadable', () => {
    const files = small('perf/*/perf/{summary.json,results/*}');
    fc.assert(
      fc.property(mutant(files), (bytes) => {
        try {
          const { metrics } = readRun('result', bytes, 'auto');
          expect(Object.values(metrics).every(({ value }) => Number.isFinite(value))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('a document never ends the run, and what it promises can be judged', () => {
    const files = small('slo/*/slo.yaml');
    fc.assert(
      fc.property(mutant(files), (bytes) => {
        const { slos } = readDocuments([{ path: 'slo.yaml', bytes }]);
        for (const { target, periodMs } of slos) {
          expect(target).toBeGreaterThanOrEqual(0);
          expect(target).toBeLessThanOrEqual(1);
          expect(periodMs).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
