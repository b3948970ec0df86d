import type { Evaluation } from '../../core/gate/gate.ts';
import type { Finding } from '../../core/gate/result.ts';
import { countFindings, plural, verdictOfFindings } from '../../core/gate/verdict.ts';
import { applyWaivers } from '../../core/gate/waivers.ts';
import type { PolicyFacts } from './facts.ts';
import type { PolicyOptions } from './options.ts';
import { applyExceptions } from './repository/exceptions.ts';
import { defects, objections, remarks } from './repository/judge.ts';
import { policyRules } from './rules/registry.ts';

/** Verdict on the rules by which a repository releases. Without a workflow and a config there is nothing to judge. */
export function evaluatePolicy(options: PolicyOptions, facts: PolicyFacts, now: number): Evaluation {
  const found = policyRules.flatMap((rule) => [...rule.check(facts, options)]);
  const { policies } = facts;
  const excepted = applyExceptions(objections(policies), options.exceptions, now);
  const findings = [
    ...applyWaivers(found, options.waivers, now),
    ...defects(policies, options),
    ...excepted.findings,
    ...remarks(policies),
  ];
  const empty =
    facts.workflows.length === 0 &&
    facts.config.state === 'missing' &&
    verdictOfFindings(findings) !== 'fail' &&
    policies.files === 0;
  const jobs = facts.workflows.reduce((sum, read) => sum + (read.ok ? read.workflow.jobs.length : 0), 0);
  const scope = `${plural(facts.workflows.length, 'workflow')} with ${plural(jobs, 'job')}, ${plural(policyRules.length, 'rule')}, ${plural(policies.files, 'policy file')}`;
  const measured = {
    files: policies.files,
    origin: policies.origin,
    tests: policies.check?.tests ?? 0,
    rules: policies.answers.length,
    exceptions_used: excepted.ledger.reduce((sum, { uses }) => sum + uses, 0),
    exceptions: excepted.ledger,
    supplied: policies.supplied,
  };
  return {
    verdict: empty ? 'skipped' : verdictOf(findings),
    summary: empty
      ? 'There are no workflows and no config: nothing was judged.'
      : `${scope}: ${countFindings(findings)}.`,
    findings,
    measurements: { workflows: facts.workflows.length, jobs, rules: policyRules.length, policies: measured },
    evidence: [],
    ...(policies.check === null ? {} : { policySha256: policies.check.sha256 }),
  };
}

/** Rules of GitHub that somebody insists on and that could not be read leave the verdict open, not failed. */
function verdictOf(findings: readonly Finding[]): Evaluation['verdict'] {
  const errors = findings.filter(({ level }) => level === 'error');
  const open = errors.length > 0 && errors.every(({ code }) => code === 'branch-rules-unread');
  return open ? 'inconclusive' : verdictOfFindings(findings);
}
