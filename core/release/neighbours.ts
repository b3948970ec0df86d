import { productionEnvironments } from '../config/waves.ts';
import type { ReleasePlanFacts } from '../flow/event.ts';
import { isHotfix } from './lane.ts';
import type { Phase } from './phase.ts';
import type { ReleaseState } from './state.ts';
import { compareTags } from './version.ts';

/** Another release of the repository that has not ended, as far as it matters to who may go to production. */
export interface Neighbour {
  readonly tag: string;
  readonly way: string;
  readonly phase: Phase;
  /** Since when it is in that phase, ms since the epoch. */
  readonly phaseSince: number;
  readonly occupies: boolean;
  /** When it was tagged, ms since the epoch. */
  readonly startedAt: number;
}

/**
 * The way to production that a release takes: a service and its production environments. Releases of one way go one
 * after the other, and share lock and failures; releases of different ways know nothing of each other.
 */
export function wayOf({ service, config }: Pick<ReleasePlanFacts, 'service' | 'config'>): string {
  return `${service ?? ''}@${productionEnvironments(config).join('+')}`;
}

/** Tag of the release that owns the way of this one; null when it is free. */
export function occupierOf({ tag, way }: ReleaseState, neighbours: readonly Neighbour[]): string | null {
  return neighbours.find((other) => other.occupies && other.way === way && other.tag !== tag)?.tag ?? null;
}

/**
 * Tag of the release that waits for the same way and goes first: the lower version, or where versions do not say, the
 * one that was tagged earlier. The hotfix lane has no queue.
 */
export function aheadInQueue(state: ReleaseState, neighbours: readonly Neighbour[]): string | null {
  if (isHotfix(state)) return null;
  const waiting = neighbours.filter(
    ({ tag, way, phase }) =>
      way === state.way && tag !== state.tag && (phase === 'queued' || phase === 'planning'),
  );
  return waiting.find((other) => goesFirst(other, state))?.tag ?? null;
}

/** A list of GitHub's may show what it was so long ago, ms. */
const longestStale = 30_000;

/**
 * The plan was read before another release of the way became GA, or too soon after for GitHub to show it: then the
 * version that traffic would go back to is not the last verified one.
 */
export function isOvertaken(plan: ReleasePlanFacts, neighbours: readonly Neighbour[]): boolean {
  const { previous, readAt } = plan;
  if (readAt === undefined) return false;
  return neighbours.some(
    (other) =>
      other.phase === 'observing' &&
      other.way === wayOf(plan) &&
      other.tag !== previous?.tag &&
      other.phaseSince > readAt - longestStale,
  );
}

type Tagged = Pick<ReleaseState, 'tag' | 'startedAt'>;

function goesFirst(a: Tagged, b: Tagged): boolean {
  const versions = compareTags(a.tag, b.tag) ?? 0;
  if (versions !== 0) return versions < 0;
  return a.startedAt < b.startedAt || (a.startedAt === b.startedAt && a.tag < b.tag);
}
