import { canonicalJson } from '../audit/canonical-json.ts';
import type { BypassSetting, RequiredCheckSetting, RuleSetting, RulesetSetting } from './settings.ts';

/** What binds the repository beside its own settings: read, told and exported, never written. */
export interface Above {
  /** Rulesets of its organisation or enterprise. */
  readonly rulesets: readonly InheritedRuleset[];
  /** Classic protection of the default branch. */
  readonly protections: readonly BranchProtectionSetting[];
}

export interface InheritedRuleset extends Omit<RulesetSetting, 'bypass' | 'target'> {
  /** Organisations know more kinds than repositories: `repository`, say. */
  readonly target: string;
  /** Who made it: `acme`. */
  readonly source: string;
  /** Null: only whoever may change it sees who may bypass it. */
  readonly bypass: readonly BypassSetting[] | null;
}

export interface BranchProtectionSetting {
  readonly branch: string;
  readonly checks: readonly RequiredCheckSetting[];
  readonly upToDate: boolean;
  /** Null: no pull request is asked for. */
  readonly approvals: number | null;
  readonly codeOwners: boolean;
  /** Off: administrators go past all of it. */
  readonly enforceAdmins: boolean;
  readonly linearHistory: boolean;
  readonly forcePushes: boolean;
  readonly deletions: boolean;
  readonly locked: boolean;
}

/** Nothing is known of what is above. */
export const nothingAbove: Above = { rulesets: [], protections: [] };

/** What people have to know of it when they read a plan, a line each. */
export function tellAbove(
  { rulesets, protections }: Above,
  declared: readonly RulesetSetting[],
): readonly string[] {
  return [...rulesets.map((ruleset) => tellRuleset(ruleset, declared)), ...protections.map(tellProtection)];
}

function tellRuleset(above: InheritedRuleset, declared: readonly RulesetSetting[]): string {
  const state = above.enforcement === 'active' ? '' : ` (${above.enforcement})`;
  const twin = declared.find(({ name }) => name === above.name);
  const same = declared.filter((ruleset) => isEnforcedBy(ruleset, above)).map(({ name }) => name);
  return [
    `ruleset ${above.name} of ${above.source}${state}`,
    ...(twin === undefined ? [] : ['not the one of that name that is declared here, which stands beside it']),
    ...(same.length === 0 ? [] : [`asks for all that ${same.join(', ')} declares`]),
  ].join(': ');
}

function tellProtection(protection: BranchProtectionSetting): string {
  const { branch, checks, approvals, locked, enforceAdmins } = protection;
  const asks = [
    ...(locked ? ['locked: nothing can be merged'] : []),
    ...checks.map(({ context, app }) => `requires ${context} ${app === null ? 'from anybody' : `of ${app}`}`),
    ...(approvals === null ? [] : [`${approvals} approval${approvals === 1 ? '' : 's'}`]),
    ...(enforceAdmins ? [] : ['administrators go past it']),
  ];
  return [`classic protection of ${branch}`, asks.join(', ')].filter((part) => part !== '').join(': ');
}

/** Whether a ruleset above asks for everything that this one asks for, wherever it does. Who may bypass it is another matter. */
export function isEnforcedBy(wanted: RulesetSetting, above: InheritedRuleset): boolean {
  const covers = (pattern: string): boolean =>
    above.include.includes('~ALL') || above.include.includes(pattern);
  return (
    above.enforcement === 'active' &&
    above.target === wanted.target &&
    wanted.include.every(covers) &&
    above.exclude.every((pattern) => wanted.exclude.includes(pattern)) &&
    wanted.rules.every((rule) =>
      above.rules.some(({ type, parameters }) => type === rule.type && isAsStrict(parameters, rule)),
    )
  );
}

function isAsStrict(above: RuleSetting['parameters'], { parameters }: RuleSetting): boolean {
  return Object.entries(parameters).every(([name, wanted]) => {
    const found = above[name];
    if (Array.isArray(wanted)) {
      const known = new Set((Array.isArray(found) ? found : []).map((one) => canonicalJson(one)));
      return wanted.every((one) => known.has(canonicalJson(one)));
    }
    if (typeof wanted === 'boolean') return !wanted || found === true;
    if (name === 'required_approving_review_count') return Number(found ?? 0) >= Number(wanted);
    return found === wanted;
  });
}
