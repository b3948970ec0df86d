import type { PromotionClause } from '../../core/config/promote-only-if.ts';
import type { PromotionInput } from '../../core/ports/policy-engine.ts';
import { type DenialReason, type PromotionRule, promotions } from './rule.ts';

/** What has to hold beside the gates: the environment's state, and the clauses that the config names. */
export const conditionRules: readonly PromotionRule[] = [
  {
    name: 'in-window',
    actions: promotions,
    deny: ({ window, hotfix }) =>
      window.open || hotfix
        ? []
        : [{ code: 'OUTSIDE_WINDOW', message: `promotions happen in: ${window.reason ?? 'no window'}` }],
  },
  { name: 'not-locked', actions: promotions, deny: denyLock },
  {
    name: 'failure-resolved',
    actions: promotions,
    deny: ({ unresolved, hotfix }) =>
      unresolved === null || hotfix
        ? []
        : [
            {
              code: 'FAILURE_UNRESOLVED',
              message: `${unresolved.release} failed and is not resolved: ${unresolved.reason}`,
            },
          ],
  },
  {
    name: 'promote-only-if',
    actions: promotions,
    deny: (input) => input.promote_only_if.clauses.flatMap((clause) => clauses[clause](input)),
  },
  {
    name: 'artifacts-verified',
    actions: promotions,
    deny: ({ artifacts }) =>
      artifacts.flatMap(({ name, state, code, problem }) =>
        state === 'verified'
          ? []
          : [
              {
                code: code ?? (state === 'unknown' ? 'ARTIFACT_UNKNOWN' : 'ARTIFACT_UNVERIFIED'),
                message: `${name}: ${problem ?? 'it is not verified'}`,
              },
            ],
      ),
  },
];

/** Whoever holds the lock may go on; the Conductor by itself may not. */
function denyLock({ lock, actor }: PromotionInput): readonly DenialReason[] {
  switch (lock.state) {
    case 'free':
      return [];
    case 'unreadable':
      return [{ code: 'LOCK_UNREADABLE', message: 'whether the environment is locked could not be read' }];
    case 'held': {
      if (lock.owner?.toLowerCase() === actor.login.toLowerCase()) return [];
      const by = `locked by ${lock.owner ?? 'somebody'}`;
      return [{ code: 'ENVIRONMENT_LOCKED', message: `${by}: ${lock.reason ?? 'no reason given'}` }];
    }
  }
}

/** One clause each: what is known to be wrong and what is not known are different reasons. */
const clauses: { readonly [Clause in PromotionClause]: (input: PromotionInput) => readonly DenialReason[] } =
  {
    'slo-burn': ({ slo_burn: burning }) => {
      if (burning === null) return [{ code: 'SLO_BURN_UNKNOWN', message: 'the SLO burn is not known' }];
      return burning === 0
        ? []
        : [{ code: 'SLO_BURNING', message: `${burning} objectives burn their error budget now` }];
    },
    'perf-headroom': ({ headroom, promote_only_if: { min_headroom: least } }) => {
      if (headroom === null) return [{ code: 'HEADROOM_UNKNOWN', message: 'the headroom is not known' }];
      return headroom >= least
        ? []
        : [
            {
              code: 'HEADROOM_TOO_SMALL',
              message: `the headroom is ${headroom}, at least ${least} is needed`,
            },
          ];
    },
    'migration-cutover': ({ migration_cutover: cutover }) => {
      if (cutover === 'ready') return [];
      return cutover === 'unknown'
        ? [
            {
              code: 'MIGRATION_UNKNOWN',
              message: 'whether the migrations are ready to cut over is not known',
            },
          ]
        : [{ code: 'MIGRATION_NOT_READY', message: 'the migrations are not ready to cut over' }];
    },
    'dr-freshness': ({ drill_age_ms: age, promote_only_if: { max_drill_age_ms: most } }) => {
      if (age === null) return [{ code: 'DR_UNKNOWN', message: 'no passed recovery drill is known' }];
      return age >= 0 && age <= most
        ? []
        : [
            {
              code: 'DR_STALE',
              message: `the last passed recovery drill is ${days(age)} d old, at most ${days(most)} d count`,
            },
          ];
    },
    provenance: ({ provenance }) => {
      if (provenance === 'verified') return [];
      return provenance === 'unknown'
        ? [{ code: 'PROVENANCE_UNKNOWN', message: 'SBOM and provenance were not checked' }]
        : [{ code: 'PROVENANCE_UNVERIFIED', message: 'SBOM or provenance could not be verified' }];
    },
    'preview-hygiene': ({ preview_hygiene: hygiene }) => {
      if (hygiene === 'clean') return [];
      return hygiene === 'unknown'
        ? [{ code: 'PREVIEWS_UNKNOWN', message: 'the state of the previews is not known' }]
        : [{ code: 'PREVIEWS_UNCLEAN', message: 'previews are left over or over their budget' }];
    },
  };

const days = (ms: number): number => Math.round(ms / 86_400_000);
