import { describe, expect, it } from 'vitest';
import { unownedPaths } from '../../../core/governance/ownership.ts';

const wanted = ['.github/release-conductor.yml', '.github/workflows/', '/.github/CODEOWNERS'];
const files = ['.github/workflows/gates.yml', '.github/workflows/deploy.yml'];

describe('paths that must have a code owner', () => {
  it.each([
    ['no file at all', null, ['.github/release-conductor.yml', '.github/workflows/', '.github/CODEOWNERS']],
    ['one line for everything', '* @acme/release', []],
    ['the folder of all of them', '.github/ @acme/release', []],
    [
      'a file of the folder that is set free',
      '.github/ @acme/release\n.github/workflows/deploy.yml',
      files.slice(1),
    ],
    [
      'the files of today by name',
      `.github/*.yml @a\n.github/CODEOWNERS @a\n${files.map((f) => `${f} @a`).join('\n')}`,
      ['.github/workflows/'],
    ],
    [
      'a line that names nobody',
      '* nobody',
      ['.github/release-conductor.yml', '.github/workflows/', '.github/CODEOWNERS'],
    ],
  ])('%s', (_what, codeowners, expected) => {
    expect(unownedPaths(wanted, codeowners, files)).toEqual(expected);
  });
});
