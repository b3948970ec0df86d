import { canonicalJson } from '../audit/canonical-json.ts';
import { differences, partsOf } from './differences.ts';
import { isHalfMade } from './half-made.ts';
import {
  type EnvironmentSetting,
  inOrder,
  type LabelSetting,
  type RuleSetting,
  type RulesetSetting,
  type Settings,
} from './settings.ts';

export type SettingKind = 'ruleset' | 'environment' | 'label';
type Setting = RulesetSetting | EnvironmentSetting | LabelSetting;

/** One write. `before` null: it is made; `after` null: it is deleted. */
export interface Change {
  readonly kind: SettingKind;
  readonly name: string;
  readonly before: Setting | null;
  readonly after: Setting | null;
  /** What differs or is made, for people: `bypass: + team:ops (always)`. */
  readonly details: readonly string[];
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** There, not declared, and left alone because deletes were not asked for: `ruleset legacy`. */
  readonly kept: readonly string[];
}

/**
 * What has to be written so that the repository is as wanted. Without `deletes` nothing is taken away: not an
 * object, not a rule inside a declared ruleset, not a protection rule of another app. Bypass actors are the
 * exception: each one that is not declared weakens the ruleset and goes. Parameters that nobody declared stay as
 * GitHub has them.
 */
export function compareSettings(wanted: Settings, found: Settings, deletes: boolean): Comparison {
  const [desired, live] = [inOrder(wanted), inOrder(found)];
  const parts = [
    compareKind('ruleset', desired.rulesets, live.rulesets, deletes, (want, have) =>
      rulesetWith(want, have, deletes),
    ),
    compareKind('environment', desired.environments, live.environments, deletes, (want, have) =>
      deletes ? want : { ...want, apps: [...new Set([...want.apps, ...have.apps])].toSorted() },
    ),
    compareKind('label', desired.labels, live.labels, deletes, (want) => want),
  ];
  return { changes: parts.flatMap(({ changes }) => changes), kept: parts.flatMap(({ kept }) => kept) };
}

function compareKind<One extends Setting>(
  kind: SettingKind,
  desired: readonly One[],
  live: readonly One[],
  deletes: boolean,
  aim: (want: One, have: One) => One,
): Comparison {
  const changes: Change[] = [];
  for (const want of desired) {
    const have = live.find((one) => isSameName(kind, one.name, want.name));
    if (have === undefined) {
      changes.push({ kind, name: want.name, before: null, after: want, details: partsOf(want) });
      continue;
    }
    const after = aim(want, have);
    if (canonicalJson(after) === canonicalJson(have)) continue;
    changes.push({ kind, name: want.name, before: have, after, details: differences(have, after) });
  }
  const strangers = live.filter((one) => !desired.some((want) => isSameName(kind, one.name, want.name)));
  if (!deletes) return { changes, kept: strangers.map(({ name }) => `${kind} ${name}`) };
  for (const one of strangers) {
    changes.push({ kind, name: one.name, before: one, after: null, details: [] });
  }
  return { changes, kept: [] };
}

/**
 * Whether a change is still to be made (`before`), was made already (`after`), or the repository has moved another way.
 * GitHub adds parameters that nobody declared: what has them beside the wanted ones is as wanted.
 */
export function standingOf(
  { kind, name, before, after }: Change,
  found: Settings,
): 'before' | 'after' | 'moved' {
  const live = inOrder(found);
  const all: readonly Setting[] = {
    ruleset: live.rulesets,
    environment: live.environments,
    label: live.labels,
  }[kind];
  const now = all.find((one) => isSameName(kind, one.name, name)) ?? null;
  const isMade =
    after === null || now === null
      ? after === now
      : compareSettings(only(kind, after), only(kind, now), false).changes.length === 0;
  if (isMade) return 'after';
  if (isUnderWay({ kind, before, after }, now)) return 'before';
  return canonicalJson(now) === canonicalJson(before) ? 'before' : 'moved';
}

/** Whether this is what an earlier attempt at the change may have left. */
export function isUnderWay(
  { kind, before, after }: Pick<Change, 'kind' | 'before' | 'after'>,
  now: Setting | null,
): boolean {
  if (kind !== 'environment' || now === null || after === null) return false;
  const [was, is, will] = [before, now, after] as [
    EnvironmentSetting | null,
    EnvironmentSetting,
    EnvironmentSetting,
  ];
  return isHalfMade(was, is, will);
}

function only(kind: SettingKind, one: Setting): Settings {
  const list = <Wanted extends SettingKind>(wanted: Wanted): never[] =>
    kind === wanted ? [one as never] : [];
  return { rulesets: list('ruleset'), environments: list('environment'), labels: list('label') };
}

/** Two objects of one declared name: it cannot be told which of them is meant. */
export function ambiguousNames(wanted: Settings, live: Settings): readonly string[] {
  const twice = (
    kind: SettingKind,
    asked: readonly Setting[],
    found: readonly Setting[],
  ): readonly string[] =>
    asked
      .filter(({ name }) => found.filter((one) => isSameName(kind, one.name, name)).length > 1)
      .map(
        ({ name }) =>
          `there are several ${kind}s called ${JSON.stringify(name)}: rename or delete all but one`,
      );
  return [
    ...twice('ruleset', wanted.rulesets, live.rulesets),
    ...twice('environment', wanted.environments, live.environments),
    ...twice('label', wanted.labels, live.labels),
  ];
}

/** GitHub takes `Bug` and `bug` for one label, and an environment's name likewise; rulesets are told apart. */
function isSameName(kind: SettingKind, a: string, b: string): boolean {
  return kind === 'ruleset' ? a === b : a.toLowerCase() === b.toLowerCase();
}

function rulesetWith(want: RulesetSetting, have: RulesetSetting, deletes: boolean): RulesetSetting {
  const declared = want.rules.map((rule) => ruleWith(rule, have));
  const others = deletes
    ? []
    : have.rules.filter(({ type }) => !want.rules.some((rule) => rule.type === type));
  const rules = [...declared, ...others].toSorted((a, b) => (a.type < b.type ? -1 : 1));
  return { ...want, rules };
}

function ruleWith(rule: RuleSetting, have: RulesetSetting): RuleSetting {
  const now = have.rules.find(({ type }) => type === rule.type);
  return now === undefined ? rule : { ...rule, parameters: { ...now.parameters, ...rule.parameters } };
}
