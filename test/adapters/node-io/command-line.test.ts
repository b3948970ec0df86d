import { describe, expect, it, vi } from 'vitest';
import { readNumber, readOptions, runScript } from '../../../adapters/node-io/command-line.ts';
import { InputError } from '../../../core/errors.ts';

const options = { seeds: { type: 'string' }, verbose: { type: 'boolean' } } as const;

describe('the command line of a script', () => {
  it('gives the options that are known', () => {
    expect({ ...readOptions(['--seeds', '7', '--verbose'], options, 'use --seeds N') }).toEqual({
      seeds: '7',
      verbose: true,
    });
  });

  it.each([['--help'], ['-h']])('tells what there is when asked by %s, and ends well', async (option) => {
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await runScript(async () => Number(readOptions([option], options, 'use --seeds N').seeds));
    expect(written).toHaveBeenCalledExactlyOnceWith('use --seeds N\n');
    expect(process.exitCode).toBe(0);
  });

  it.each([
    [['--bogus'], "Unknown option '--bogus'"],
    [['--seeds'], "Option '--seeds <value>' argument missing"],
    [['stray'], "Unexpected argument 'stray'. This command does not take positional arguments"],
  ])('refuses %j in one line, with what there is', (args, message) => {
    expect(() => readOptions(args, options, 'use --seeds N')).toThrow(
      expect.objectContaining({ code: 'USAGE', message, help: 'use --seeds N' }),
    );
  });

  it.each(['x', '', '-1', '1e3', '1.5', '0x10', '101'])('takes no %j for a number from 0 to 100', (text) => {
    const read = () => readNumber('seeds', text, { least: 0, most: 100 }, 'use --seeds N');
    expect(read).toThrow(InputError);
    expect(read).toThrow(`--seeds: expected a whole number from 0 to 100, found "${text}"`);
  });

  it('reads fractions where they are meant', () => {
    expect(readNumber('lost', '0.25', { least: 0, most: 1, fractions: true }, '')).toBe(0.25);
    expect(readNumber('seeds', '100', { least: 0, most: 100 }, '')).toBe(100);
  });
});
