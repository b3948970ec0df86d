import { createHash } from 'node:crypto';
import { latestGateResults } from '../../adapters/postgres/index.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import type { Effect } from '../../core/flow/effect.ts';
import type { GateReport } from '../../core/flow/event.ts';
import { type GateName, gateNames } from '../../core/gate/names.ts';
import type { PolicyDecision, PromotionInput } from '../../core/ports/policy-engine.ts';
import type { EffectContext, Performer } from './performer.ts';
import { readConditions } from './promotion-facts.ts';

type Assessment = Extract<Effect, { kind: 'assessCommand' }>;

/**
 * Gathers what the policy engine wants to know at this moment and asks it. A fact that could not be had is
 * null, and the engine denies: nobody is let through because GitHub did not answer.
 */
export const assessCommand: Performer<'assessCommand'> = async (effect, context) => {
  const { command, actor, source } = effect;
  const input = await gather(effect, context);
  const decision = await ask(input, context);
  const inputSha256 = createHash('sha256').update(canonicalJson(input)).digest('hex');
  return {
    event: { type: 'command.assessed', command, actor, source, assessment: { input, inputSha256, decision } },
  };
};

async function gather(effect: Assessment, context: EffectContext): Promise<PromotionInput> {
  const { forge, database, aggregate } = context;
  const { command, actor, facts } = effect;
  const now = context.now();
  const [tagNow, role, teams, reports] = await Promise.all([
    unlessItFails(forge.resolveRef(`tags/${facts.release}`).then((ref) => ref?.commit ?? null)),
    actor.type === 'User' ? unlessItFails(forge.readRole(actor.login)) : null,
    actor.type === 'User' ? activeTeams(effect, context) : [],
    latestGateResults(database, aggregate.repository, facts.sha),
  ]);
  return {
    schema_version: 1,
    action: actor.type === 'App' && command.name === 'promote' ? 'auto-advance' : command.name,
    repository: aggregate.repository,
    release: { tag: facts.release, sha: facts.sha, tag_sha_now: tagNow, phase: facts.phase },
    step: {
      environment: facts.environment,
      current_weight: facts.currentWeight,
      target_weight: facts.targetWeight,
      steps: [...facts.steps],
    },
    gates: gateNames
      .filter((gate) => facts.requiredGates.includes(gate) || reports.some((report) => report.gate === gate))
      .map((gate) => gateFact(gate, facts.requiredGates, reports, now)),
    max_gate_age_ms: facts.maxGateAgeMs,
    actor: { login: actor.login, type: actor.type, role, teams },
    permissions: {
      roles: [...facts.permissions.roles],
      teams: [...facts.permissions.teams],
      users: [...facts.permissions.users],
    },
    ...(await readConditions(facts, reports, context, now)),
    now,
  };
}

/** A result is as old as what it measured: submitting it late does not make it fresh. */
function gateFact(
  gate: GateName,
  required: readonly GateName[],
  reports: readonly GateReport[],
  now: number,
): PromotionInput['gates'][number] {
  const report = reports.find((candidate) => candidate.gate === gate);
  const measuredAt = report && Math.min(report.origin.receivedAt, Date.parse(report.result.finished_at));
  return {
    gate,
    required: required.includes(gate),
    verdict: report?.result.verdict ?? null,
    age_ms: measuredAt === undefined ? null : Math.max(0, now - measuredAt),
    sha: report?.result.subject.sha ?? null,
  };
}

async function activeTeams({ actor, facts }: Assessment, { forge }: EffectContext): Promise<string[]> {
  const teams = await Promise.all(
    facts.permissions.teams.map(async (team) =>
      (await unlessItFails(forge.isActiveTeamMember(team, actor.login))) === true ? [team] : [],
    ),
  );
  return teams.flat();
}

async function unlessItFails<Value>(asked: Promise<Value>): Promise<Value | null> {
  return asked.catch(() => null);
}

/** An engine that fails denies. */
async function ask(input: PromotionInput, { policy }: EffectContext): Promise<PolicyDecision> {
  try {
    return await policy.decidePromotion(input);
  } catch (error) {
    const message = `The policy engine failed: ${error instanceof Error ? error.message : String(error)}`;
    return { allow: false, reasons: [{ code: 'POLICY_ERROR', message }], obligations: [], policy_sha256: '' };
  }
}
