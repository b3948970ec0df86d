import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/errors.ts';
import { parseDemoArguments } from '../../sandbox/demo-arguments.ts';

describe("the demo's command line", () => {
  it('takes its options', () => {
    expect(parseDemoArguments(['--keep', '--scenario', 'release', '--kill', '3'])).toEqual({
      keep: true,
      scenario: 'release',
      directory: undefined,
      kill: 3,
      seed: 1,
    });
  });

  it.each([[['--bogus']], [['--kill', 'abc']], [['--kill', '-1']], [['--seed', 'x']], [['release']]])(
    'refuses %j',
    (args) => {
      expect(() => parseDemoArguments(args)).toThrow(InputError);
    },
  );
});
