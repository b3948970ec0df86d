import { expect, it } from 'vitest';
import { ok, problem, unknown } from '../../app/doctor.ts';
import { renderRepositories } from '../../cli/doctor/render.ts';

const open = problem('tags v* can be moved', 'add a tag ruleset');
const found = (subject: string, ...findings: readonly (typeof open)[]) => ({
  subject,
  findings: [ok('seen'), ...findings].map((one) => ({ check: 'tags', ...one })),
});

it('says once what many repositories have in common, what is wrong before what is not known', () => {
  const many = Array.from({ length: 7 }, (_, n) => found(`acme/r${n}`, open));
  const unasked = unknown('GitHub answered 403', 'set GITHUB_TOKEN');
  const text = renderRepositories([
    ...many,
    found('acme/x', unasked, problem('main is locked', 'untick it')),
    found('acme/good'),
  ]);
  expect(text).toBe(
    [
      '9 repositories',
      '✔ 1 of 9 in order',
      '✖ tags: tags v* can be moved',
      '  → add a tag ruleset',
      '  acme/r0, acme/r1, acme/r2, acme/r3, acme/r4 and 2 more (--json names them)',
      '✖ tags: main is locked',
      '  → untick it',
      '  acme/x',
      '? tags: GitHub answered 403',
      '  → set GITHUB_TOKEN',
      '  acme/x',
    ].join('\n'),
  );
});

it('says nothing in green where no repository is in order', () => {
  expect(renderRepositories([found('acme/r', open)])).toContain('1 repository\n– 0 of 1 in order');
  expect(renderRepositories([])).toContain('– 0 of 0 in order');
});
