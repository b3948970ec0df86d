import { createHash } from 'node:crypto';
import { latestGateResults } from '../../adapters/postgres/index.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import type { Command } from '../../core/commands/command.ts';
import type { AccessFacts } from '../../core/commands/effect.ts';
import type { Permission } from '../../core/commands/permission.ts';
import type { Effect } from '../../core/flow/effect.ts';
import type { Actor, GateReport } from '../../core/flow/event.ts';
import { type GateName, gateNames } from '../../core/gate/names.ts';
import type { PolicyDecision, PromotionAssessment, PromotionInput } from '../../core/ports/policy-engine.ts';
import type { EffectContext, Performer } from './performer.ts';
import { readConditions } from './promotion-facts.ts';
import { unlessItFails } from './unless-it-fails.ts';
import { intactApprovals, readActor, readOwnPolicy, type TouchedBy } from './who.ts';

type Assessment = Extract<Effect, { kind: 'assessCommand' }>;

/**
 * Gathers what the policy engine wants to know at this moment and asks it. A fact that could not be had is
 * null, and the engine denies: nobody is let through because GitHub did not answer.
 */
export const assessCommand: Performer<'assessCommand'> = async (effect, context) => {
  const { kind: _kind, facts: _facts, ...asked } = effect;
  const assessment = await assess(await gather(effect, context), context);
  return { event: { type: 'command.assessed', ...asked, assessment } };
};

/** Asks the policy engine, and keeps what it was asked: the evidence holds it, so that anybody can ask again. */
export async function assess(input: PromotionInput, context: EffectContext): Promise<PromotionAssessment> {
  const decision = await ask(input, context);
  const question = canonicalJson(input);
  await context.blobs.put([Buffer.from(question)], 'application/json', context.aggregate.repository);
  return { input, inputSha256: sha256(question), decision };
}

async function gather(effect: Assessment, context: EffectContext): Promise<PromotionInput> {
  const { forge, database, aggregate } = context;
  const { command, actor, facts } = effect;
  const { permission } = facts;
  const now = context.now();
  const touched = { base: facts.previousSha, head: facts.sha, policiesAt: facts.sha };
  const [tagNow, who, reports, access] = await Promise.all([
    unlessItFails(() => forge.resolveRef(`tags/${facts.release}`).then((ref) => ref?.commit ?? null)),
    readActor(actor, permission, touched, context),
    latestGateResults(database, aggregate.repository, facts.sha),
    readAccess(facts.access, context),
  ]);
  const input: PromotionInput = {
    schema_version: 1,
    action: actionOf(command, actor),
    repository: aggregate.repository,
    release: {
      tag: facts.release,
      sha: facts.sha,
      tag_sha_now: tagNow,
      phase: facts.phase,
      author: facts.author,
    },
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
    actor: who,
    permissions: permissionInput(permission),
    access,
    exceptions: facts.exceptions.map((exception) => ({
      ...exception,
      approved_by: [...exception.approved_by],
    })),
    ...(await readConditions(facts, reports, context, now)),
    now,
  };
  const entitled = await withoutFormerApprovers(input, facts.approvers ?? permission, touched, context);
  return readOwnPolicy(entitled, touched, context);
}

/** Whoever approved has to be one who may at the moment when it counts, not only when it was written. */
async function withoutFormerApprovers(
  input: PromotionInput,
  permission: Permission,
  touched: TouchedBy,
  context: EffectContext,
): Promise<PromotionInput> {
  const mayApprove = async ({ login }: { readonly login: string }): Promise<boolean> => {
    const question: PromotionInput = {
      ...input,
      action: 'approve',
      actor: await readActor({ login, type: 'User' }, permission, touched, context),
      permissions: permissionInput(permission),
      access: { reason: '', step_up: null, approvals: [] },
    };
    return (await ask(await readOwnPolicy(question, touched, context), context)).allow;
  };
  const { approvals } = input.access;
  const may = await Promise.all(approvals.map(mayApprove));
  return { ...input, access: { ...input.access, approvals: approvals.filter((_, index) => may[index]) } };
}

/** The Conductor's own step is another question than a person's; whoever asks why, asks about the next step. */
function actionOf({ name }: Command, { type }: Actor): PromotionInput['action'] {
  if (name === 'why') return 'promote';
  return type === 'App' && name === 'promote' ? 'auto-advance' : name;
}

/** A permission in the policy's words. */
export function permissionInput({ roles, teams, users, ...rest }: Permission): PromotionInput['permissions'] {
  return { roles: [...roles], teams: [...teams], users: [...users], ...rest };
}

/** What was done for the command beside writing it, as far as it still stands. */
export async function readAccess(
  { reason, stepUp, approvals }: AccessFacts,
  context: EffectContext,
): Promise<PromotionInput['access']> {
  const intact = await intactApprovals(approvals, context, sha256);
  return {
    reason,
    step_up: stepUp === null ? null : { login: stepUp.login, at: stepUp.at },
    approvals: intact.map(({ login, at, sha, weight }) => ({ login, at, sha, weight })),
  };
}

/** A result is as old as what it measured: submitting it late does not make it fresh. */
export function gateFact(
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

/** An engine that fails denies. */
async function ask(input: PromotionInput, { policy }: EffectContext): Promise<PolicyDecision> {
  try {
    return await policy.decidePromotion(input);
  } catch (error) {
    const message = `The policy engine failed: ${error instanceof Error ? error.message : String(error)}`;
    return { allow: false, reasons: [{ code: 'POLICY_ERROR', message }], obligations: [], policy_sha256: '' };
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
