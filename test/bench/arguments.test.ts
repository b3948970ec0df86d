import { describe, expect, it } from 'vitest';
import { parseBenchArguments } from '../../bench/arguments.ts';
import { InputError } from '../../core/errors.ts';

const names = ['webhooks', 'rego'];

describe("the benchmarks' command line", () => {
  it('runs all of them five times unless told otherwise', () => {
    expect(parseBenchArguments([], names)).toEqual({ json: false, only: undefined, rounds: 5 });
    expect(parseBenchArguments(['--only', 'rego', '--rounds', '2', '--json'], names)).toEqual({
      json: true,
      only: 'rego',
      rounds: 2,
    });
  });

  it.each([[['--bogus']], [['--only', 'nothing']], [['--rounds', '0']], [['rego']]])(
    'refuses %j and says what there is',
    (args) => {
      expect(() => parseBenchArguments(args, names)).toThrow(
        expect.objectContaining({ help: expect.stringContaining('webhooks|rego') }),
      );
      expect(() => parseBenchArguments(args, names)).toThrow(InputError);
    },
  );
});
