import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cycloneDx } from '../../scripts/conformance/cyclonedx.ts';
import { findCorpora } from '../../scripts/conformance/find.ts';
import { opaConformance } from '../../scripts/conformance/opa-conformance.ts';
import { openSlo } from '../../scripts/conformance/openslo.ts';
import { sigstoreConformance } from '../../scripts/conformance/sigstore-conformance.ts';
import { spdx } from '../../scripts/conformance/spdx.ts';
import { squawk } from '../../scripts/conformance/squawk.ts';

const corpora = [squawk, openSlo, sigstoreConformance, opaConformance, cycloneDx, spdx];

function folderWith(files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'corpora-'));
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), file.endsWith('jwt.json') ? '[{"note": "a case"}]' : '{}');
  }
  return folder;
}

const namesIn = (folder: string): readonly string[] =>
  findCorpora(folder, corpora).found.map(({ name, corpus }) => `${name} is ${corpus.name}`);

describe('the corpora in a folder', () => {
  it('are those that are there, by their names', () => {
    const folder = folderWith(['squawk/cases.json', 'openslo/expectations.json', 'pictures/a.png']);
    expect(namesIn(folder)).toEqual(['openslo is openslo', 'squawk is squawk']);
    expect(findCorpora(folder, corpora).unknown).toEqual(['pictures']);
  });

  it('are known by their layout under another name', () => {
    expect(
      namesIn(
        folderWith([
          'a/cases.json',
          'b/expectations.json',
          'c/bundle-verify/happy-path/bundle.sigstore.json',
          'd/jwt.json',
          'e/1.7/invalid-bom-1.7.json',
          'f/document.spdx.json',
        ]),
      ),
    ).toEqual([
      'a is squawk',
      'b is openslo',
      'c is sigstore-conformance',
      'd is opa-conformance',
      'e is cyclonedx',
      'f is spdx',
    ]);
  });

  it('may be the folder itself', () => {
    expect(findCorpora(folderWith(['cases.json']), corpora).found).toMatchObject([{ corpus: squawk }]);
    expect(findCorpora(folderWith(['1.6/valid-bom.json']), corpora).found).toMatchObject([
      { corpus: cycloneDx },
    ]);
  });

  it('are missed aloud', () => {
    expect(() => namesIn(folderWith(['pictures/a.png']))).toThrow(/expected a folder that holds corpora/);
    expect(() => namesIn('/nowhere/at/all')).toThrow(/no such file or directory/);
  });
});
