/**
 * The rules of a repository in one form for what is wanted and what is there: names instead of ids, lists in order.
 * Two settings are equal when their canonical JSON is.
 */
export interface Settings {
  readonly rulesets: readonly RulesetSetting[];
  readonly environments: readonly EnvironmentSetting[];
  readonly labels: readonly LabelSetting[];
}

export interface RulesetSetting {
  readonly name: string;
  readonly target: 'branch' | 'tag' | 'push';
  readonly enforcement: 'active' | 'evaluate' | 'disabled';
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly bypass: readonly BypassSetting[];
  /** At most one of a type. */
  readonly rules: readonly RuleSetting[];
}

export interface BypassSetting {
  /** `team:<slug>`, `app:<slug>`, `role:<name>`, `organization-admin`, `deploy-key`; `<type>#<id>` for a stranger. */
  readonly actor: string;
  readonly mode: string;
}

/** One rule as GitHub spells it; in `required_status_checks` the app's slug stands for its id (null: anybody). */
export interface RuleSetting {
  readonly type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface RequiredCheckSetting {
  readonly context: string;
  readonly app: string | null;
}

export interface EnvironmentSetting {
  readonly name: string;
  readonly waitMinutes: number;
  /** `team:<slug>` and `user:<lower-case login>`. */
  readonly reviewers: readonly string[];
  readonly preventSelfReview: boolean;
  /** `all`, `protected`, or patterns `branch:<pattern>` and `tag:<pattern>`. */
  readonly refs: 'all' | 'protected' | readonly string[];
  /** Slugs of the apps that are asked before a job enters. */
  readonly apps: readonly string[];
}

export interface LabelSetting {
  readonly name: string;
  /** Six lower-case hex digits. */
  readonly color: string;
  readonly description: string;
}

/** The same settings in the order that makes equal ones the same text. */
export function inOrder({ rulesets, environments, labels }: Settings): Settings {
  return {
    rulesets: rulesets.map(orderedRuleset).toSorted(byName),
    environments: environments.map(orderedEnvironment).toSorted(byName),
    labels: labels.toSorted(byName),
  };
}

function orderedRuleset(ruleset: RulesetSetting): RulesetSetting {
  return {
    ...ruleset,
    include: ruleset.include.toSorted(),
    exclude: ruleset.exclude.toSorted(),
    bypass: ruleset.bypass.toSorted((a, b) => compare(a.actor, b.actor)),
    rules: ruleset.rules.map(orderedRule).toSorted((a, b) => compare(a.type, b.type)),
  };
}

function orderedRule({ type, parameters }: RuleSetting): RuleSetting {
  const checks = parameters.required_status_checks as readonly RequiredCheckSetting[] | undefined;
  if (type !== 'required_status_checks' || checks === undefined) return { type, parameters };
  const ordered = checks.toSorted(
    (a, b) => compare(a.context, b.context) || compare(a.app ?? '', b.app ?? ''),
  );
  return { type, parameters: { ...parameters, required_status_checks: ordered } };
}

function orderedEnvironment(environment: EnvironmentSetting): EnvironmentSetting {
  const { refs } = environment;
  return {
    ...environment,
    reviewers: environment.reviewers.toSorted(),
    refs: typeof refs === 'string' ? refs : refs.toSorted(),
    apps: environment.apps.toSorted(),
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compare(a.name, b.name);
}

/** By code units: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
