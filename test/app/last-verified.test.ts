import { describe, expect, it } from 'vitest';
import { lastVerified } from '../../app/effects/last-verified.ts';
import type { Phase } from '../../core/release/phase.ts';
import { planFacts } from '../core/support/facts.ts';

interface Story {
  /** Published on GitHub, the newest first. */
  readonly published: readonly string[];
  /** What the Conductor conducted: where it stands, and what it would go back to. */
  readonly known?: Readonly<Record<string, readonly [Phase, string | null]>>;
}

const version = (tag: string) => ({ tag, commit: `commit of ${tag}` });

function lookUp({ published, known = {} }: Story, tag = 'v2.0.0'): Promise<unknown> {
  return lastVerified(tag, {
    published: async (isMine) => {
      const found = published.find(isMine);
      return found === undefined ? null : version(found);
    },
    isMine: (candidate) => candidate.startsWith('v'),
    stateOf: async (name) => {
      const found = known[name];
      if (found === undefined) return null;
      const [phase, previous] = found;
      return { phase, plan: planFacts({ previous: previous === null ? null : version(previous) }) };
    },
  });
}

describe('the last verified version', () => {
  it.each<[string, Story, string | null]>([
    ['nothing, where nothing was published', { published: [] }, null],
    ['what was published before the App came', { published: ['v1.0.0'] }, 'v1.0.0'],
    [
      'the newest that reached GA',
      { published: ['v1.1.0', 'v1.0.0'], known: { 'v1.1.0': ['closed', 'v1.0.0'] } },
      'v1.1.0',
    ],
    [
      'one that is still observed',
      { published: ['v1.1.0'], known: { 'v1.1.0': ['observing', null] } },
      'v1.1.0',
    ],
    ['never a release of something else', { published: ['chart-9.0.0', 'v1.0.0'] }, 'v1.0.0'],
    ['never itself', { published: ['v2.0.0', 'v1.0.0'] }, 'v1.0.0'],
    [
      'what a release went back to that was rolled back after GA',
      { published: ['v1.2.0', 'v1.1.0', 'v1.0.0'], known: { 'v1.2.0': ['rolled_back', 'v1.0.0'] } },
      'v1.0.0',
    ],
    [
      'no canary that somebody published by hand',
      { published: ['v1.1.0', 'v1.0.0'], known: { 'v1.1.0': ['soaking', 'v1.0.0'] } },
      'v1.0.0',
    ],
    [
      'nothing that was refused and published all the same',
      {
        published: ['v1.2.0', 'v1.1.0', 'v1.0.0'],
        known: { 'v1.2.0': ['rejected', null], 'v1.1.0': ['halted', null] },
      },
      'v1.0.0',
    ],
    [
      'nothing, where all that was published was refused',
      { published: ['v1.1.0'], known: { 'v1.1.0': ['rejected', null] } },
      null,
    ],
    [
      'an end, where two point to each other',
      {
        published: ['v1.1.0'],
        known: { 'v1.1.0': ['rolled_back', 'v1.0.0'], 'v1.0.0': ['rolled_back', 'v1.1.0'] },
      },
      null,
    ],
  ])('is %s', async (_what, story, expected) => {
    expect(await lookUp(story)).toEqual(expected === null ? null : version(expected));
  });
});
