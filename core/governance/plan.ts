import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { GovernanceConfig } from '../config/governance.ts';
import { type Above, nothingAbove, tellAbove } from './above.ts';
import { type Change, compareSettings, isUnderWay } from './compare.ts';
import { desiredSettings } from './desired.ts';
import type { Settings } from './settings.ts';

/** What will be written, and nothing else. */
export interface GovernancePlan {
  readonly changes: readonly Change[];
  readonly kept: readonly string[];
  /** Paths that must have a code owner and have none: no write of ours can change that. */
  readonly unowned: readonly string[];
  /** What the config says more weakly than its organisation allows: without effect, and people's to mend. */
  readonly weaker: readonly string[];
  /** What binds the repository beside its own settings, for people. */
  readonly above: readonly string[];
  /** SHA-256 over the canonical JSON of the changes, before and after: the name of the plan. */
  readonly hash: string;
  /** Why it must not be applied; null: it may. */
  readonly refused: { readonly code: 'TOO_MANY_CHANGES'; readonly message: string } | null;
}

/** What no write of the plan changes. */
interface Beside extends Partial<Pick<GovernancePlan, 'unowned' | 'weaker'>> {
  readonly above?: Above;
}

/**
 * The plan from what is there to what the config asks for. The same repository and the same config give the same
 * hash, so a plan that was shown can be recognised when it is applied.
 */
export function planGovernance(
  config: GovernanceConfig,
  live: Settings,
  ownApp: string,
  { unowned = [], weaker = [], above = nothingAbove }: Beside = {},
): GovernancePlan {
  const wanted = desiredSettings(config, ownApp);
  const { changes, kept } = compareSettings(wanted, live, config.deletes);
  const hash = createHash('sha256')
    .update(canonicalJson({ schema_version: 1, changes: changes.map(written) }))
    .digest('hex');
  const tooMany = changes.length > config.max_changes;
  const message = `the plan has ${changes.length} changes, the config allows ${config.max_changes} (governance.max_changes)`;
  const refused = tooMany ? ({ code: 'TOO_MANY_CHANGES', message } as const) : null;
  const told = tellAbove(above, wanted.rulesets);
  return { changes, kept, unowned, weaker, above: told, hash, refused };
}

/** What is written, whatever is said of it. */
function written({ kind, name, before, after }: Change): object {
  return { kind, name, before, after };
}

/** The same aim, from where an attempt that did not end has left it. */
function isRestOf(shown: Change, now: Change): boolean {
  return (
    shown.kind === now.kind &&
    shown.name === now.name &&
    canonicalJson(shown.after) === canonicalJson(now.after) &&
    isUnderWay(shown, now.before)
  );
}

/**
 * What of a plan that was shown is still to do, or null when the world has moved another way: then it must be shown
 * anew. A change that somebody made meanwhile exactly as planned is done, not a reason to stop.
 */
export function remainderOf(shown: GovernancePlan, now: GovernancePlan): readonly Change[] | null {
  const known = new Set(shown.changes.map((change) => canonicalJson(written(change))));
  const isKnown = (change: Change): boolean =>
    known.has(canonicalJson(written(change))) || shown.changes.some((one) => isRestOf(one, change));
  return now.changes.every(isKnown) ? now.changes : null;
}
