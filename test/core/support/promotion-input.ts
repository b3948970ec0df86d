import type { Command } from '../../../core/commands/command.ts';
import type { PromotionFactsFromState } from '../../../core/commands/effect.ts';
import type { Actor } from '../../../core/flow/event.ts';
import { type GateName, gateNames } from '../../../core/gate/names.ts';
import type { Verdict } from '../../../core/gate/result.ts';
import type { PromotionInput } from '../../../core/ports/policy-engine.ts';
import { calendarAt } from '../../../core/release/calendar.ts';
import type { Standing } from '../../../core/release/standing.ts';

/** What the assessor read from the world at this moment. Null means "could not be read", never "fine". */
export interface PromotionFactsFromWorld {
  /** Commit that the tag names now; null when it is gone or could not be read. */
  readonly tagShaNow: string | null;
  readonly role: string | null;
  /** Slugs of teams where the actor's membership is active. */
  readonly teams: readonly string[];
  /** Newest stored result of each gate for the release's commit. */
  readonly gates: readonly {
    readonly gate: GateName;
    readonly verdict: Verdict;
    readonly sha: string;
    /** ms since the epoch. */
    readonly finishedAt: number;
  }[];
  readonly sloBurn: number | null;
  readonly headroom: number | null;
  readonly standing: Standing;
}

/** The question for the policy engine, from what the release machine and the world know. Pure. */
export function promotionInput(
  repository: string,
  command: Command,
  actor: Actor,
  facts: PromotionFactsFromState,
  world: PromotionFactsFromWorld,
  now: number,
): PromotionInput {
  const required = new Set<GateName>(facts.requiredGates);
  return {
    schema_version: 1,
    action: command.name === 'why' ? 'promote' : actor.type === 'App' ? 'auto-advance' : command.name,
    repository,
    release: {
      tag: facts.release,
      sha: facts.sha,
      tag_sha_now: world.tagShaNow,
      phase: facts.phase,
      author: facts.author,
    },
    step: {
      environment: facts.environment,
      current_weight: facts.currentWeight,
      target_weight: facts.targetWeight,
      steps: [...facts.steps],
    },
    gates: gateNames.map((gate) => {
      const result = world.gates.find((candidate) => candidate.gate === gate);
      return {
        gate,
        required: required.has(gate),
        verdict: result?.verdict ?? null,
        age_ms: result === undefined ? null : now - result.finishedAt,
        sha: result?.sha ?? null,
      };
    }),
    max_gate_age_ms: facts.maxGateAgeMs,
    actor: {
      login: actor.login,
      type: actor.type,
      role: world.role,
      teams: [...world.teams],
      codeowner: null,
      policy: null,
    },
    permissions: {
      ...facts.permission,
      roles: [...facts.permission.roles],
      teams: [...facts.permission.teams],
      users: [...facts.permission.users],
    },
    access: {
      reason: facts.access.reason,
      step_up: facts.access.stepUp,
      approvals: facts.access.approvals.map(({ login, at, sha, weight }) => ({ login, at, sha, weight })),
    },
    exceptions: facts.exceptions.map((one) => ({ ...one, approved_by: [...one.approved_by] })),
    promote_only_if: {
      clauses: [...(facts.promoteOnlyIf?.clauses ?? [])],
      min_headroom: facts.promoteOnlyIf?.min_headroom ?? 0,
      max_drill_age_ms: facts.promoteOnlyIf?.max_drill_age ?? 0,
    },
    slo_burn: world.sloBurn,
    headroom: world.headroom,
    migration_cutover: 'unknown',
    drill_age_ms: null,
    provenance: 'unknown',
    artifacts: [],
    preview_hygiene: 'unknown',
    hotfix: facts.hotfix,
    ...calendarAt(facts.calendar, now),
    ...world.standing,
    now,
  };
}
