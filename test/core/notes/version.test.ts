import { describe, expect, it } from 'vitest';
import { parseChange } from '../../../adapters/conventional-commits/index.ts';
import { notesSchema } from '../../../core/config/notes.ts';
import { withoutReverted } from '../../../core/notes/reverts.ts';
import { judgeVersion, parseVersion } from '../../../core/notes/version.ts';
import fc from '../../support/fast-check.ts';

const config = notesSchema.parse({});
const change = (message: string, sha = 'a'.repeat(40)) => parseChange({ sha, message, author: 'ada' });
const judge = (tag: string, previous: string | null, ...messages: string[]) =>
  judgeVersion(
    tag,
    previous,
    messages.map((message) => change(message)),
    config,
  );

describe('a version against its changes', () => {
  it.each([
    ['v1.2.4', 'v1.2.3', 'fix: x', 'patch', null],
    ['v1.3.0', 'v1.2.3', 'feat: x', 'minor', null],
    ['v2.0.0', 'v1.2.3', 'feat!: x', 'major', null],
    ['v2.0.0', 'v1.2.3', 'fix: x', 'major', null],
    ['v1.2.4', 'v1.2.3', 'feat: x', 'patch', 'VERSION_TOO_LOW'],
    ['v1.3.0', 'v1.2.3', 'feat!: x', 'minor', 'VERSION_TOO_LOW'],
    ['v0.3.0', 'v0.2.9', 'feat!: x', 'minor', null],
    ['v0.2.10', 'v0.2.9', 'feat!: x', 'patch', 'VERSION_TOO_LOW'],
    ['v0.2.10', 'v0.2.9', 'feat: x', 'patch', null],
    ['v2.0.0', 'v2.0.0-rc.1', 'feat!: x', 'major', null],
    ['v1.2.3', 'v1.2.3', 'fix: x', null, 'VERSION_NOT_RISING'],
    ['v1.2.2', 'v1.2.3', 'fix: x', null, 'VERSION_NOT_RISING'],
    ['api-v1.3.0', 'api-v1.2.3', 'feat: x', 'minor', null],
    ['v1.3.0+build.7', 'v1.2.3', 'feat: x', 'minor', null],
    ['release-1', 'v1.2.3', 'feat: x', null, 'VERSION_NOT_SEMANTIC'],
    ['v1.0.0', null, 'feat: x', null, null],
  ])('%s after %s with %j', (tag, previous, message, told, code) => {
    const found = judge(tag, previous, message);
    expect(found.told).toBe(told);
    expect(found.problem?.code ?? null).toBe(code);
  });

  it('names the least version that is asked for, with the prefix of the tag', () => {
    expect(judge('api-v1.2.4', 'api-v1.2.3', 'feat: x').least).toBe('api-v1.3.0');
    expect(judge('v0.2.10', 'v0.2.9', 'feat!: x').least).toBe('v0.3.0');
  });

  it.each(['2025.09.23.1710', 'v1.2', 'x', '', 'v1.2.3.4'])('%j is no semantic version', (tag) => {
    expect(parseVersion(tag)).toBeNull();
  });
});

describe('what a commit says', () => {
  it.each([
    ['feat(api)!: x', { type: 'feat', scope: 'api', subject: 'x', breaking: [] }],
    ['Merge pull request #7 from a/b\n\nfix: y', { type: 'fix', subject: 'y', pullRequest: 7 }],
    ['Merge pull request #7 from a/b', { pullRequest: 7 }],
    ['fix: y (#8)', { pullRequest: 8, subject: 'y' }],
    ['plain', { title: 'plain', pullRequest: null }],
    ['', { title: '' }],
    ['fix: a\n\nBREAKING CHANGE: b', { breaking: ['b'] }],
    ['fix: a\n\nthis is no BREAKING CHANGE at all', { type: 'fix' }],
  ])('%j', (message, expected) => {
    expect(change(message)).toMatchObject(expected);
  });

  it('is read from any text in time linear enough, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (message) => {
        const found = change(message);
        expect(found.title.length).toBeLessThanOrEqual(300);
        withoutReverted([found, found]);
      }),
    );
    const begun = performance.now();
    for (const long of ['(', 'feat(', '#1 ', 'fixes ', 'Revert "', '@a', 'a b: ']) change(long.repeat(4_000));
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
