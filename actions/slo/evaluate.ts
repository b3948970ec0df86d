import type { Evaluation } from '../../core/gate/gate.ts';
import { plain } from '../../core/gate/plain.ts';
import type { Finding, Verdict } from '../../core/gate/result.ts';
import { plural, worstVerdict } from '../../core/gate/verdict.ts';
import { burnRate } from './burn.ts';
import type { ProbeFacts, SloFacts } from './collect.ts';
import { burnEvidence, picturesOf, windowName } from './evidence.ts';
import * as say from './findings.ts';
import { type Judgement, judgeSlo, type Objective } from './judge.ts';
import type { SloOptions } from './options.ts';
import {
  certificateFindings,
  judgeProbe,
  type ProbeJudgement,
  probeEvidence,
  probeFindings,
} from './probes/judge.ts';
import { errorBudget, formatWindow } from './windows.ts';
import { periodName } from './words.ts';

/** Pure: the same options and facts give the same evaluation. */
export function evaluateSlo(options: SloOptions, facts: SloFacts): Evaluation {
  const judged = facts.slos.map((slo) =>
    judgeSlo(slo, facts.readings[slo.name] ?? missing, {
      minEvents: options.min_events,
      confidence: options.confidence,
      staleAfterMs: options.stale_after,
      onBudgetExhausted: options.on_budget_exhausted,
      rollout: options.rollout ?? null,
      at: facts.at,
    }),
  );
  const objectives = options.on_no_data === 'skip' ? judged.map(excuse) : judged;
  const probes = facts.probes.state === 'performed' ? facts.probes.records.map(judgeProbe) : [];
  const ofProbes = findingsOfProbes(facts.probes, probes);
  const verdict = conclude(facts, objectives, probes, ofProbes);
  return {
    verdict,
    summary: summarize(verdict, objectives, probes),
    findings: plain([
      ...facts.problems.map(say.document),
      ...objectives.flatMap(({ findings }) => findings),
      ...ofProbes,
      ...contradictions(objectives, probes),
      ...(verdict === 'skipped' && facts.slos.length === 0 ? [nothingToJudge] : []),
    ]),
    measurements: plain({
      source: facts.source,
      burning: burningOf(objectives),
      objectives: objectives.map(measured),
      probes: probes.map(probed),
    }),
    evidence: [
      ...(objectives.length === 0 ? [] : [burnEvidence(facts, objectives)]),
      ...picturesOf(facts, objectives),
      ...probes.map(probeEvidence),
    ],
  };
}

const missing = { state: 'problem', problem: 'no-data', message: 'nothing was read' } as const;

/** `on_no_data: skip`: without data an objective says nothing; with data it is judged as ever. */
function excuse(judgement: Judgement): Objective {
  if (!judgement.noData) return judgement;
  const findings = judgement.findings.map((finding): Finding => ({ ...finding, level: 'notice' }));
  return { ...judgement, findings, verdict: 'skipped' };
}

/**
 * Objectives of which a burn rule fires. Null when there is none, or when one of them cannot be told: 0 is a promise
 * that nothing burns.
 */
function burningOf(objectives: readonly Objective[]): number | null {
  if (objectives.length === 0 || !objectives.every(isBurnTold)) return null;
  return objectives.filter(isBurning).length;
}

/** Without history there are no rules: then the verdict on what was observed tells. */
function isBurnTold({ rules, windows, verdict }: Objective): boolean {
  if (rules.length > 0) return rules.some(({ state }) => state === 'fires' || state === 'clear');
  return windows.length > 0 && (verdict === 'pass' || verdict === 'warn' || verdict === 'fail');
}

function isBurning({ rules, verdict }: Objective): boolean {
  return rules.length > 0 ? rules.some(({ state }) => state === 'fires') : verdict === 'fail';
}

function conclude(
  facts: SloFacts,
  objectives: readonly Objective[],
  probes: readonly ProbeJudgement[],
  ofProbes: readonly Finding[],
): Verdict {
  if (facts.problems.length > 0) return 'fail';
  const judged = objectives.filter(({ verdict }) => verdict !== 'skipped').map(({ verdict }) => verdict);
  const warned = ofProbes.some(({ level }) => level === 'warning') ? (['warn'] as const) : [];
  const all: Verdict[] = [...judged, ...probes.map(({ verdict }) => verdict), ...warned];
  return all.length === 0 ? 'skipped' : worstVerdict(all);
}

const nothingToJudge: Finding = {
  code: 'no-objectives',
  level: 'notice',
  message: 'There is no SLO document, no objective in the config and no golden path.',
  help: 'Add slo.yaml (OpenSLO v1, Sloth or Pyrra), gates.slo.objectives or golden_paths.yaml.',
};

function findingsOfProbes(facts: ProbeFacts, judged: readonly ProbeJudgement[]): readonly Finding[] {
  switch (facts.state) {
    case 'none':
      return [];
    case 'no-address':
      return [
        {
          code: 'probes-not-run',
          level: 'notice',
          message: `${plural(facts.count, 'golden path')} not walked: no base_url`,
          help: 'Give gates.slo.golden_paths.base_url, for example the address of the preview.',
          path: facts.file,
        },
      ];
    case 'performed':
      return [
        ...judged.flatMap((probe) => probeFindings(probe, facts.file)),
        ...certificateFindings(judged, facts.file),
      ];
  }
}

/**
 * Probes and metrics held against each other. A path that fails while the metrics are spotless, or answers while they
 * see no traffic at all: the indicator does not see what users see.
 */
function contradictions(
  objectives: readonly Objective[],
  probes: readonly ProbeJudgement[],
): readonly Finding[] {
  const failed = namesOf(probes, (status) => status >= 500);
  const answered = namesOf(probes, () => true);
  const newest = objectives.flatMap(({ windows }) => windows.slice(0, 1));
  const silent = objectives.filter(({ windows }) => windows.every(({ total }) => !(total > 0)));
  const findings: Finding[] = [];
  if (failed !== '' && newest.length > 0 && newest.every(({ bad }) => !(bad > 0))) {
    findings.push({
      code: 'failure-unseen-by-metrics',
      level: 'notice',
      message: `${failed} answered 5xx, and no objective counts any bad event`,
      help: 'Check that the objectives cover these paths and that the service counts its errors.',
    });
  }
  if (answered !== '' && silent.length > 0 && silent.length === objectives.length) {
    findings.push({
      code: 'traffic-unseen-by-metrics',
      level: 'notice',
      message: `${answered} answered, and no objective counts any event`,
      help: 'Check that the probes and the metrics are of the same environment, and that the service is scraped.',
    });
  }
  return findings;
}

/** Names of the paths of which some answer has such a status. */
function namesOf(probes: readonly ProbeJudgement[], wanted: (status: number) => boolean): string {
  return probes
    .filter(({ record }) => record.attempts.some(({ status }) => status !== null && wanted(status)))
    .map(({ record }) => record.probe.name)
    .join(', ');
}

function summarize(
  verdict: Verdict,
  objectives: readonly Objective[],
  probes: readonly ProbeJudgement[],
): string {
  if (objectives.length + probes.length === 0)
    return verdict === 'fail' ? 'The SLO documents are not valid' : 'Nothing to judge';
  const count = (of: readonly { readonly verdict: Verdict }[], wanted: Verdict): number =>
    of.filter((one) => one.verdict === wanted).length;
  const parts = (['fail', 'inconclusive', 'warn', 'skipped', 'pass'] as const)
    .map((one) => ({ one, n: count(objectives, one) }))
    .filter(({ n }) => n > 0)
    .map(({ one, n }) => `${n} ${words[one]}`);
  const slos =
    objectives.length === 0 ? '' : `${plural(objectives.length, 'objective')}: ${parts.join(', ')}`;
  const held = count(probes, 'pass');
  const paths = probes.length === 0 ? '' : `${held} of ${plural(probes.length, 'golden path')} hold`;
  return [slos, paths].filter((part) => part !== '').join('; ');
}

const words = {
  fail: 'breached',
  inconclusive: 'undecided',
  warn: 'with a warning',
  skipped: 'without data',
  pass: 'met',
} as const;

function measured(objective: Objective) {
  const { slo, verdict, budgetLeft, exhaustedInDays, rolloutSpend, rules, windows } = objective;
  const budget = errorBudget(slo.target);
  return {
    name: slo.name,
    target: slo.target,
    period: periodName(slo),
    verdict,
    budget_left: budgetLeft,
    exhausted_in_days: exhaustedInDays,
    rollout_spend: rolloutSpend,
    burn: Object.fromEntries(windows.map((count) => [windowName(count.windowMs), burnRate(count, budget)])),
    rules: rules.map(({ rule, state, long, short }) => ({
      severity: rule.severity,
      windows: `${formatWindow(rule.longMs)}/${formatWindow(rule.shortMs)}`,
      factor: rule.factor,
      state,
      long,
      short,
    })),
  };
}

function probed({ record, verdict, latencyMs }: ProbeJudgement) {
  return { name: record.probe.name, verdict, latency_ms: latencyMs };
}
