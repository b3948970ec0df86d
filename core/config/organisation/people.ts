import { type Fields, isFields, isSame, type Judgement, type Strictness, shortly } from './strictness.ts';

/** Who may go round a ruleset: only those whom the organisation lets, and no more often than it lets them. */
export const bypass: Strictness = {
  says: 'only actors of the organisation; `pull_request` is stricter than `always`',
  judge: (theirs, own) => {
    if (!isList(theirs) || !isList(own)) return { value: own, expected: null };
    const kept = own.flatMap((one) => {
      const granted = theirs.find((other) => isSame(actorOf(other), actorOf(one)));
      if (granted === undefined) return [];
      return [granted.mode === 'always' ? one : { ...one, mode: granted.mode ?? 'pull_request' }];
    });
    const changed =
      kept.length !== own.length || kept.some((one, index) => !isSame(modeOf(one), modeOf(own[index])));
    return {
      value: kept,
      expected: changed ? `nobody but ${theirs.map(shortly).join(', ') || 'none'}` : null,
    };
  },
};

/** One approval of the list is enough on GitHub: a shorter list is the stricter one, an empty list asks nobody. */
export const reviewers: Strictness = {
  says: 'some of the reviewers of the organisation, at least one',
  judge: (theirs, own): Judgement => {
    if (!isFields(theirs) || !isFields(own) || size(theirs) === 0) return { value: own, expected: null };
    const both = { teams: common(theirs.teams, own.teams), users: common(theirs.users, own.users) };
    if (size(own) > 0 && size(both) === size(own)) return { value: own, expected: null };
    return {
      value: size(both) === 0 ? theirs : both,
      expected: `at least one and nobody but ${[...listOf(theirs.teams), ...listOf(theirs.users)].map(String).join(', ')}`,
    };
  },
};

/** Which refs may deploy. Two different lists of patterns are not compared: those in both count. */
export const refs: Strictness = {
  says: 'patterns of the organisation only',
  judge: (theirs, own): Judgement => {
    if (theirs === 'all' || isSame(theirs, own)) return { value: own, expected: null };
    if (!isFields(theirs) || !isFields(own)) return { value: theirs, expected: shortly(theirs) };
    const both = { branches: common(theirs.branches, own.branches), tags: common(theirs.tags, own.tags) };
    const count = both.branches.length + both.tags.length;
    if (count > 0 && count === listOf(own.branches).length + listOf(own.tags).length) {
      return { value: own, expected: null };
    }
    return { value: count === 0 ? theirs : both, expected: `patterns of ${shortly(theirs)}` };
  },
};

/** Hours of promotion: each window lies within one of the organisation's. */
export const windows: Strictness = {
  says: 'hours within those of the organisation',
  judge: (theirs, own): Judgement => {
    if (!isList(theirs) || !isList(own) || theirs.length === 0) return { value: own, expected: null };
    const kept = own.filter((one) => theirs.some((span) => liesWithin(one, span)));
    if (own.length > 0 && kept.length === own.length) return { value: own, expected: null };
    return {
      value: kept.length === 0 ? theirs : kept,
      expected: `hours within ${theirs.map(shortly).join(', ')}`,
    };
  },
};

const workdays = ['mon', 'tue', 'wed', 'thu', 'fri'];

/** Times are compared as they are written, `HH:MM`: with the same zone that is their order. */
function liesWithin(own: Fields, theirs: Fields): boolean {
  const days = (window: Fields): readonly unknown[] => listOf(window.days ?? workdays);
  return (
    (own.time_zone ?? 'UTC') === (theirs.time_zone ?? 'UTC') &&
    days(own).every((day) => days(theirs).includes(day)) &&
    String(own.from) >= String(theirs.from) &&
    String(own.to) <= String(theirs.to)
  );
}

function actorOf({ mode: _, ...actor }: Fields): Fields {
  return actor;
}

function modeOf(one: Fields | undefined): unknown {
  return one?.mode ?? 'pull_request';
}

function size({ teams, users }: Fields): number {
  return listOf(teams).length + listOf(users).length;
}

function common(theirs: unknown, own: unknown): readonly unknown[] {
  return listOf(own).filter((one) => listOf(theirs).includes(one));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isList(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.every(isFields);
}
