import type { GovernanceConfig } from '../config/governance.ts';
import { checkNameOf, gateNames } from '../gate/names.ts';
import {
  type BypassSetting,
  type EnvironmentSetting,
  inOrder,
  type RequiredCheckSetting,
  type RuleSetting,
  type Settings,
} from './settings.ts';

type RulesetConfig = GovernanceConfig['rulesets'][string];
type EnvironmentConfig = GovernanceConfig['environments'][string];

/**
 * What the config asks for.
 *
 * @param ownApp slug of the Conductor's App: the gates' checks are pinned to it.
 */
export function desiredSettings(config: GovernanceConfig, ownApp: string): Settings {
  return inOrder({
    rulesets: Object.entries(config.rulesets).map(([name, ruleset]) => ({
      name,
      target: ruleset.target,
      enforcement: ruleset.enforcement,
      include: once(ruleset.include),
      exclude: once(ruleset.exclude),
      bypass: ruleset.bypass.map(bypassOf),
      rules: rulesOf(ruleset, ownApp),
    })),
    environments: Object.entries(config.environments).map(([name, environment]) =>
      environmentOf(name, environment, ownApp),
    ),
    labels: Object.entries(config.labels).map(([name, label]) => ({ name, ...label })),
  });
}

function bypassOf({ team, app, role, mode }: RulesetConfig['bypass'][number]): BypassSetting {
  if (team !== undefined) return { actor: `team:${team}`, mode };
  if (app !== undefined) return { actor: `app:${app}`, mode };
  return { actor: role === undefined ? 'organization-admin' : `role:${role}`, mode };
}

function rulesOf(ruleset: RulesetConfig, ownApp: string): readonly RuleSetting[] {
  const plain = (type: string): RuleSetting => ({ type, parameters: {} });
  const rules: RuleSetting[] = ruleset.block.map((what) =>
    plain(what === 'force_push' ? 'non_fast_forward' : what),
  );
  if (ruleset.linear_history) rules.push(plain('required_linear_history'));
  if (ruleset.signed_commits) rules.push(plain('required_signatures'));
  if (ruleset.pull_request !== undefined) rules.push(pullRequestRule(ruleset.pull_request));
  if (ruleset.required_checks !== undefined) rules.push(checksRule(ruleset.required_checks, ownApp));
  if (ruleset.merge_queue !== undefined) rules.push(mergeQueueRule(ruleset.merge_queue));
  return rules;
}

function pullRequestRule(asked: NonNullable<RulesetConfig['pull_request']>): RuleSetting {
  return {
    type: 'pull_request',
    parameters: {
      required_approving_review_count: asked.approvals,
      require_code_owner_review: asked.code_owners,
      dismiss_stale_reviews_on_push: asked.dismiss_stale,
      require_last_push_approval: asked.last_push,
      required_review_thread_resolution: asked.resolved_threads,
    },
  };
}

function checksRule(asked: NonNullable<RulesetConfig['required_checks']>, ownApp: string): RuleSetting {
  const gates = asked.gates === 'all' ? gateNames : once(asked.gates);
  const checks: readonly RequiredCheckSetting[] = [
    ...gates.map((gate) => ({ context: checkNameOf[gate], app: ownApp })),
    ...asked.others.map(({ name, app }) => ({ context: name, app })),
  ];
  return {
    type: 'required_status_checks',
    parameters: { required_status_checks: checks, strict_required_status_checks_policy: asked.up_to_date },
  };
}

function mergeQueueRule(asked: NonNullable<RulesetConfig['merge_queue']>): RuleSetting {
  return {
    type: 'merge_queue',
    parameters: {
      merge_method: asked.method.toUpperCase(),
      grouping_strategy: asked.all_green ? 'ALLGREEN' : 'HEADGREEN',
      max_entries_to_build: asked.build_at_once,
      max_entries_to_merge: asked.merge_at_once,
      min_entries_to_merge: asked.merge_at_least,
      min_entries_to_merge_wait_minutes: asked.wait_minutes,
      check_response_timeout_minutes: asked.check_minutes,
    },
  };
}

function environmentOf(name: string, asked: EnvironmentConfig, ownApp: string): EnvironmentSetting {
  const { teams, users } = asked.reviewers;
  return {
    name,
    waitMinutes: asked.wait_minutes,
    reviewers: once([
      ...teams.map((team) => `team:${team}`),
      ...users.map((user) => `user:${user.toLowerCase()}`),
    ]),
    preventSelfReview: asked.prevent_self_review && teams.length + users.length > 0,
    refs:
      typeof asked.refs === 'string'
        ? asked.refs
        : once([
            ...asked.refs.branches.map((pattern) => `branch:${pattern}`),
            ...asked.refs.tags.map((pattern) => `tag:${pattern}`),
          ]),
    apps: asked.conductor ? [ownApp] : [],
  };
}

/** GitHub keeps a repetition once: it would differ for ever. */
function once<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
