import { describe, expect, it } from 'vitest';
import { applyExceptions } from '../../../actions/policy/repository/exceptions.ts';
import type { Finding } from '../../../core/gate/result.ts';

const objection = (path: string): Finding => ({
  code: 'image-latest',
  level: 'error',
  message: 'The image has no version.',
  help: 'Give it one.',
  path,
});
const exception = {
  code: 'image-latest',
  owner: '@ada',
  reason: 'The registry moves until March.',
  expires: '2027-03-01',
};
const judged = (moment: string, paths: readonly string[], more: object = {}) =>
  applyExceptions(paths.map(objection), [{ ...exception, ...more }], Date.parse(moment)).findings.map(
    ({ code, level }) => `${code}: ${level}`,
  );

describe('an exception', () => {
  it.each([
    ['at the last moment of its day (UTC)', '2027-03-01T23:59:59.999Z', ['image-latest: notice']],
    [
      'at the first moment after it',
      '2027-03-02T00:00:00.000Z',
      ['image-latest: error', 'exception-expired: error'],
    ],
    [
      'on its day east of Greenwich, a day early in UTC',
      '2027-03-02T00:30:00+01:00',
      ['image-latest: notice'],
    ],
  ])('%s', (_, moment, findings) => {
    expect(judged(moment, ['a.yml'])).toEqual(findings);
  });

  it('that is used up covers no more, and says so', () => {
    const now = '2027-02-01T00:00:00Z';
    expect(judged(now, ['a.yml'], { max_uses: 1 })).toEqual(['image-latest: notice']);
    expect(judged(now, ['a.yml', 'b.yml'], { max_uses: 1 })).toEqual([
      'image-latest: notice',
      'image-latest: error',
      'exception-exhausted: error',
    ]);
  });

  it('that ran out is an error although nothing needs it any more', () => {
    expect(judged('2027-03-02T00:00:00Z', [])).toEqual(['exception-expired: error']);
  });
});
