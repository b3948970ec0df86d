import { isPassing } from '../../core/gate/result.ts';
import type { PromotionInput } from '../../core/ports/policy-engine.ts';
import { denyWithoutPermission } from './access.ts';
import { changes, type DenialReason, everything, type PromotionRule, promotions } from './rule.ts';

/** The default promotion policy, in the order in which its reasons are shown. */
export const promotionRules: readonly PromotionRule[] = [
  {
    name: 'people-command',
    actions: everything,
    deny: ({ action, actor }) => {
      const isConductor = action === 'auto-advance' && actor.type === 'App';
      const isPerson = actor.type === 'User' && !actor.login.endsWith('[bot]');
      if (isConductor || (isPerson && action !== 'auto-advance')) return [];
      return [{ code: 'BOT_NOT_PERMITTED', message: `${actor.login} is no person` }];
    },
  },
  { name: 'permitted-actor', actions: changes, deny: denyWithoutPermission },
  {
    name: 'tag-not-moved',
    actions: promotions,
    deny: ({ release }) => {
      if (release.tag_sha_now === release.sha) return [];
      return release.tag_sha_now === null
        ? [{ code: 'TAG_UNKNOWN', message: `tag ${release.tag} is gone or could not be read` }]
        : [
            {
              code: 'HEAD_MOVED',
              message: `tag ${release.tag} now names ${short(release.tag_sha_now)}, this release is ${short(release.sha)}`,
            },
          ];
    },
  },
  { name: 'next-step-only', actions: promotions, deny: denyStep },
  {
    name: 'required-gates',
    actions: promotions,
    deny: (input) => input.gates.filter((gate) => gate.required).flatMap((gate) => denyGate(gate, input)),
  },
  {
    name: 'no-freeze',
    actions: promotions,
    deny: ({ freeze }) =>
      freeze.active ? [{ code: 'FREEZE', message: `frozen: ${freeze.reason ?? 'no reason given'}` }] : [],
  },
];

function denyStep({ step }: PromotionInput): readonly DenialReason[] {
  const { current_weight: current, target_weight: target, steps } = step;
  const next = steps.find((weight) => weight > current);
  if (target === null || next === undefined) {
    return [{ code: 'NO_FURTHER_STEP', message: `no step follows ${current} %` }];
  }
  if (target === next) return [];
  if (target > next) {
    return [{ code: 'STEP_SKIPPED', message: `after ${current} % comes ${next} %, not ${target} %` }];
  }
  const code = target <= current ? 'STEP_ALREADY_REACHED' : 'UNKNOWN_STEP';
  return [{ code, message: `after ${current} % comes ${next} %, not ${target} %` }];
}

/** A gate counts when it passed, for exactly this commit, not too long ago; a result from the future does not. */
function denyGate(gate: PromotionInput['gates'][number], input: PromotionInput): readonly DenialReason[] {
  const { verdict, sha, age_ms: age } = gate;
  if (verdict === null || sha === null || age === null) {
    return [{ code: 'GATE_MISSING', message: `${gate.gate}: no result for this commit` }];
  }
  const reasons: DenialReason[] = [];
  if (sha !== input.release.sha) {
    reasons.push({ code: 'GATE_OTHER_COMMIT', message: `${gate.gate}: the result is of ${short(sha)}` });
  }
  if (!isPassing(verdict)) reasons.push({ code: 'GATE_FAILED', message: `${gate.gate}: ${verdict}` });
  if (age > input.max_gate_age_ms || age < -clockTolerance) {
    reasons.push({
      code: 'GATE_STALE',
      message: `${gate.gate}: the result is ${minutes(age)} old, at most ${minutes(input.max_gate_age_ms)} count`,
    });
  }
  return reasons;
}

/** Clocks of runners and of the Conductor differ by this at most, ms. */
const clockTolerance = 300_000;

const short = (sha: string): string => sha.slice(0, 12);
const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`;
