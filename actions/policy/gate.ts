import type { Gate } from '../../core/gate/gate.ts';
import { collectPolicy } from './collect.ts';
import { evaluatePolicy } from './evaluate.ts';
import type { PolicyFacts } from './facts.ts';
import { type PolicyOptions, policyOptionsSchema } from './options.ts';

/** Judges the rules a repository releases by: its workflows, its config, who owns them. */
export const policyGate: Gate<PolicyOptions, PolicyFacts> = {
  name: 'policy',
  options: policyOptionsSchema,
  collect: collectPolicy,
  evaluate: (options, facts, _subject, now) => evaluatePolicy(options, facts, now),
};
