import type { Gate } from '../../core/gate/gate.ts';
import { collectPerf, type PerfFacts } from './collect.ts';
import { evaluatePerf } from './evaluate.ts';
import { type PerfOptions, perfOptionsSchema } from './options.ts';

/** Load tests and benchmarks: a valid run first, then budgets, regressions and headroom. */
export const perfGate: Gate<PerfOptions, PerfFacts> = {
  name: 'perf',
  options: perfOptionsSchema,
  collect: (options, _subject, io) => collectPerf(options, io),
  evaluate: (options, facts, subject, now) => evaluatePerf(options, facts, subject.sha, now),
};
