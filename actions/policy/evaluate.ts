import type { Evaluation } from '../../core/gate/gate.ts';
import { countFindings, plural, verdictOfFindings } from '../../core/gate/verdict.ts';
import { applyWaivers } from '../../core/gate/waivers.ts';
import type { PolicyFacts } from './facts.ts';
import type { PolicyOptions } from './options.ts';
import { policyRules } from './rules/registry.ts';

/** Verdict on the rules by which a repository releases. Without a workflow and a config there is nothing to judge. */
export function evaluatePolicy(options: PolicyOptions, facts: PolicyFacts, now: number): Evaluation {
  const found = policyRules.flatMap((rule) => [...rule.check(facts, options)]);
  const findings = applyWaivers(found, options.waivers, now);
  const empty = facts.workflows.length === 0 && facts.config.state === 'missing';
  const jobs = facts.workflows.reduce((sum, read) => sum + (read.ok ? read.workflow.jobs.length : 0), 0);
  const scope = `${plural(facts.workflows.length, 'workflow')} with ${plural(jobs, 'job')}, ${plural(policyRules.length, 'rule')}`;
  return {
    verdict: empty ? 'skipped' : verdictOfFindings(findings),
    summary: empty
      ? 'There are no workflows and no config: nothing was judged.'
      : `${scope}: ${countFindings(findings)}.`,
    findings,
    measurements: { workflows: facts.workflows.length, jobs, rules: policyRules.length },
    evidence: [],
  };
}
