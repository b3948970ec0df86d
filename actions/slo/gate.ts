import type { Gate } from '../../core/gate/gate.ts';
import { collectSlo, type SloFacts } from './collect.ts';
import { evaluateSlo } from './evaluate.ts';
import { type SloOptions, sloOptionsSchema } from './options.ts';

/** Objectives, error budgets and burn rates from real numbers; golden paths walked. */
export const sloGate: Gate<SloOptions, SloFacts> = {
  name: 'slo',
  options: sloOptionsSchema,
  collect: (options, subject, io) => collectSlo(options, io, subject.ref),
  evaluate: (options, facts) => evaluateSlo(options, facts),
};
