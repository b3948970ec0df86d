import { canonicalJson } from '../audit/canonical-json.ts';
import type { EnvironmentSetting } from './settings.ts';

type Fields = Omit<EnvironmentSetting, 'name'>;

/** As GitHub makes an environment. */
const bare: Fields = { waitMinutes: 0, reviewers: [], preventSelfReview: false, refs: 'all', apps: [] };

/**
 * Whether an environment stands somewhere between what it was and what it is to be. GitHub takes it in several requests
 * (itself, each pattern, each app): a process that ends among them leaves it so, and whoever goes on makes the rest.
 */
export function isHalfMade(before: Fields | null, now: Fields, after: Fields): boolean {
  const was = before ?? bare;
  const isEither = (field: keyof Fields): boolean =>
    [was, after].some((one) => canonicalJson(one[field]) === canonicalJson(now[field]));
  return (
    (['waitMinutes', 'reviewers', 'preventSelfReview'] as const).every(isEither) &&
    (isEither('refs') || isAmong(now.refs, [...listOf(was.refs), ...listOf(after.refs)])) &&
    isAmong(now.apps, [...was.apps, ...after.apps])
  );
}

function isAmong(found: EnvironmentSetting['refs'], known: readonly string[]): boolean {
  return typeof found !== 'string' && found.every((one) => known.includes(one));
}

function listOf(refs: EnvironmentSetting['refs']): readonly string[] {
  return typeof refs === 'string' ? [] : refs;
}
