import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readBaseline } from '../../../actions/perf/baseline.ts';
import { findingsOfGone } from '../../../actions/perf/findings.ts';
import { perfGate } from '../../../actions/perf/gate.ts';
import { sloGate } from '../../../actions/slo/gate.ts';
import { casesOf, runCase } from '../../support/gate-case.ts';

const run = (name: string) => runCase(perfGate, join(import.meta.dirname, '../../cases/perf', name));
const json = async (name: string, path: string) => {
  const { files } = await run(name);
  return JSON.parse(new TextDecoder().decode(files.find((file) => file.path === path)?.bytes));
};

const one = { value: 1, unit: 'ms', better: 'lower' } as const;

describe('evidence of the performance gate', () => {
  it.each(casesOf('perf').filter(({ verdict }) => verdict === 'pass'))(
    'of $name holds the baseline that follows',
    async ({ folder }) => {
      const { files, result } = await runCase(perfGate, folder);
      const next = files.find(({ path }) => path === 'perf/baseline.json');
      const runs = readBaseline('perf/baseline.json', next?.bytes ?? new Uint8Array());
      expect(runs.at(-1)?.sha).toBe(result.subject.sha);
      expect(Object.keys(runs.at(-1)?.metrics ?? {}).length).toBeGreaterThan(0);
      expect(files.map(({ path }) => path)).toContain('perf/headroom.json');
    },
  );

  it('says how much room there is and how long it lasts', async () => {
    expect(await json('headroom-forecast_pass', 'perf/headroom.json')).toMatchObject({
      schema_version: 1,
      state: 'measured',
      capacity: { from: 'steps', low: 399, high: 800 },
      headroom: { low: expect.closeTo(0.37, 1), high: expect.any(Number) },
      peak: { expected: expect.any(Number), per_day: expect.closeTo(1, 1) },
      days_left: { expected: expect.any(Number), pessimistic: expect.any(Number) },
    });
    const { result } = await run('headroom_pass');
    expect(result.measurements.headroom).toBeCloseTo(1 - 300 / 399, 5);
  });

  it('says that nobody measured it', async () => {
    expect(await json('k6-summary_pass', 'perf/headroom.json')).toEqual({
      schema_version: 1,
      state: 'not-configured',
      steps: [],
    });
    expect((await run('k6-summary_pass')).result.measurements.headroom).toBeNull();
  });

  it('says which benchmark is not measured any more', async () => {
    const { result } = await run('two-results-budget-of-one_fail');
    expect(result.findings.map(({ code }) => code)).not.toContain('no-longer-measured');
    const gone = findingsOfGone(['a'], [{ at: null, sha: null, metrics: { a: one, b: one } }]);
    expect(gone).toMatchObject([{ code: 'no-longer-measured', level: 'notice', data: { metrics: ['b'] } }]);
    expect(findingsOfGone(['c'], [{ at: null, sha: null, metrics: { a: one, b: one } }])).toEqual([]);
  });

  it('says when the tolerance alone decided, whichever way', async () => {
    for (const name of ['four-noisy-runs_fail', 'single-baseline_pass']) {
      const { result } = await run(name);
      expect(result.findings.find(({ code }) => code === 'few-past-runs')).toMatchObject({ level: 'notice' });
      expect(result.summary).toContain('compared by tolerance alone');
    }
    const { result } = await run('one-past-run-quiet-within_fail');
    expect(result.findings.map(({ code }) => code)).not.toContain('few-past-runs');
  });

  it('draws the steps of the load, the capacity and the peak', async () => {
    const { files } = await run('headroom-too-small_fail');
    const svg = new TextDecoder().decode(files.find(({ path }) => path === 'perf/headroom.svg')?.bytes);
    expect(svg).toContain('headroom 12.3 %, asked for 20 %; capacity 399 req/s, peak 350 req/s');
    expect(files.map(({ path }) => path)).toContain('perf/headroom.png');
    expect((await run('k6-summary_pass')).files.map(({ path }) => path)).not.toContain('perf/headroom.png');
  });

  it('draws what was compared', async () => {
    const { files } = await run('drift_fail');
    expect(files.map(({ path, mediaType }) => [path, mediaType])).toContainEqual([
      'perf/trend.png',
      'image/png',
    ]);
  });
});

describe('the options', () => {
  it.each([perfGate, sloGate])('of $name are described, every one', (gate) => {
    const silent: string[] = [];
    const walk = (schema: z.core.JSONSchema.BaseSchema, path: string): void => {
      for (const [name, option] of Object.entries(schema.properties ?? {})) {
        if (typeof option === 'boolean') continue;
        const described = option.description !== undefined || option.const !== undefined;
        if (!described) silent.push(`${path}${name}`);
        walk(option, `${path}${name}.`);
      }
      for (const inner of [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) {
        if (typeof inner === 'object' && !Array.isArray(inner)) walk(inner, path);
      }
    };
    walk(z.toJSONSchema(gate.options as z.ZodType, { io: 'input', unrepresentable: 'any' }), '');
    expect(silent).toEqual([]);
  });
});
