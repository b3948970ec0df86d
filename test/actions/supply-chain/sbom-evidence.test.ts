import { describe, expect, it } from 'vitest';
import { sbomEvidence } from '../../../actions/supply-chain/sbom/evidence.ts';
import type { Sbom } from '../../../actions/supply-chain/sbom/model.ts';
import { slots } from '../../../core/evidence/slots.ts';

const sbomOf = (path: string, text: string, format: Sbom['format'] = 'SPDX'): Sbom => ({
  path,
  format,
  specVersion: '2.3',
  components: [],
  entries: 1,
  subjects: [],
  problems: [],
  bytes: new TextEncoder().encode(text),
});
const json = '{"spdxVersion":"SPDX-2.3"}';

describe('an SBOM in the evidence', () => {
  it.each([
    ['JSON', sbomOf('sbom/shop.spdx.json', json), 'sbom/shop.spdx.json'],
    ['JSON in a file of another name', sbomOf('build/shop.spdx', json), 'sbom/build-shop.spdx.json'],
    ['YAML', sbomOf('sbom/shop.spdx.yml', 'spdxVersion: SPDX-2.3\n'), 'sbom/shop.spdx.yaml'],
    ['tag-value', sbomOf('sbom/shop.spdx', 'SPDXVersion: SPDX-2.3\n'), 'sbom/shop.spdx'],
    ['CycloneDX', sbomOf('bom.json', '{}', 'CycloneDX'), 'sbom/bom.cdx.json'],
    ['CycloneDX as XML', sbomOf('bom.xml', '\uFEFF<bom/>', 'CycloneDX'), 'sbom/bom.cdx.xml'],
  ])('is called what it is: %s', (_, sbom, path) => {
    expect(sbomEvidence([sbom]).map((file) => file.path)).toEqual([path]);
    expect(slots.find(({ name }) => name === 'sbom')?.matches.test(path)).toBe(true);
  });

  it('keeps a name of its own when two share one', () => {
    const two = [sbomOf('a/b.spdx.json', json), sbomOf('a-b.spdx.json', json)];
    expect(sbomEvidence(two).map(({ path }) => path)).toEqual(['sbom/a-b.spdx.json', 'sbom/a-b-2.spdx.json']);
  });

  it('fills no slot with something else', () => {
    const slot = slots.find(({ name }) => name === 'sbom')?.matches;
    for (const path of ['sbom/notes.txt', 'sbom/x/y.spdx.json', 'sbom/shop.xml'])
      expect(slot?.test(path)).toBe(false);
  });
});
