import type { NotesConfig } from '../config/notes.ts';
import type { ReleaseChange } from './change.ts';

export const bumps = ['none', 'patch', 'minor', 'major'] as const;
export type Bump = (typeof bumps)[number];

interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly prerelease: string | null;
}

/** What the version says and what the changes ask for (semver.org 2.0.0). */
export interface VersionJudgement {
  readonly told: Bump | null;
  readonly asked: Bump;
  /** The least version that the changes ask for; null when the earlier one is no semantic version. */
  readonly least: string | null;
  readonly problem: {
    readonly code: 'VERSION_TOO_LOW' | 'VERSION_NOT_RISING' | 'VERSION_NOT_SEMANTIC';
    readonly message: string;
  } | null;
}

/** The most that title and labels ask for: neither can play down the other. */
export function bumpOf(change: ReleaseChange, { labels }: NotesConfig): Bump {
  const has = (names: readonly string[]): boolean =>
    change.labels?.some((label) => names.includes(label)) ?? false;
  if (change.breaking !== undefined || has(labels.major)) return 'major';
  if (change.type === 'feat' || has(labels.minor)) return 'minor';
  return 'patch';
}

/** The prefix of a monorepo's tag (`api-v`) is no part of the version. */
export function judgeVersion(
  tag: string,
  previous: string | null,
  changes: readonly ReleaseChange[],
  config: NotesConfig,
): VersionJudgement {
  const asked = changes.reduce<Bump>((most, change) => higher(most, bumpOf(change, config)), 'none');
  const now = parseVersion(tag);
  const before = previous === null ? null : parseVersion(previous);
  if (now === null) {
    const problem = { code: 'VERSION_NOT_SEMANTIC', message: `${tag} is no semantic version` } as const;
    return { told: null, asked, least: null, problem };
  }
  if (before === null) return { told: null, asked, least: null, problem: null };
  const told = stepBetween(before, now);
  const needed = before.major === 0 ? unstable(asked) : asked;
  const least = `${prefixOf(tag)}${format(raised(before, needed))}`;
  if (told === null) {
    const message = `${tag} is not higher than ${previous}`;
    return { told, asked, least, problem: { code: 'VERSION_NOT_RISING', message } };
  }
  if (bumps.indexOf(told) >= bumps.indexOf(needed)) return { told, asked, least, problem: null };
  const message = `${tag} is a ${told} version, the changes since ${previous} ask for ${needed}: ${least} or higher`;
  return { told, asked, least, problem: { code: 'VERSION_TOO_LOW', message } };
}

/** `v1.2.3-rc.1+build`, with whatever stands before the first number of it. */
export function parseVersion(tag: string): Version | null {
  const match =
    /^(?:.*?[^0-9.])?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(tag);
  if (match === null) return null;
  const [, major, minor, patch, prerelease] = match;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    prerelease: prerelease ?? null,
  };
}

/** The part of the version that rose; null: it did not. The release of a pre-release counts as what that one was. */
function stepBetween(before: Version, now: Version): Bump | null {
  if (now.major !== before.major) return now.major > before.major ? 'major' : null;
  if (now.minor !== before.minor) return now.minor > before.minor ? 'minor' : null;
  if (now.patch !== before.patch) return now.patch > before.patch ? 'patch' : null;
  if (before.prerelease === null || before.prerelease === now.prerelease) return null;
  if (now.patch > 0) return 'patch';
  return now.minor > 0 ? 'minor' : 'major';
}

/** Before 1.0.0 the minor number is what breaks (semver.org, item 4), and the patch is the rest. */
function unstable(asked: Bump): Bump {
  return asked === 'major' ? 'minor' : asked === 'minor' ? 'patch' : asked;
}

function raised(version: Version, bump: Bump): Version {
  const { major, minor, patch } = version;
  switch (bump) {
    case 'major':
      return { major: major + 1, minor: 0, patch: 0, prerelease: null };
    case 'minor':
      return { major, minor: minor + 1, patch: 0, prerelease: null };
    case 'patch':
    case 'none':
      return { major, minor, patch: patch + 1, prerelease: null };
  }
}

function higher(left: Bump, right: Bump): Bump {
  return bumps.indexOf(left) >= bumps.indexOf(right) ? left : right;
}

const format = ({ major, minor, patch }: Version): string => `${major}.${minor}.${patch}`;
const prefixOf = (tag: string): string => /^(.*?)\d+\.\d+\.\d+/.exec(tag)?.[1] ?? '';
