import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sbom } from '../../../actions/supply-chain/sbom/model.ts';
import { readSbom } from '../../../actions/supply-chain/sbom/read.ts';
import { subjectFindings } from '../../../actions/supply-chain/sbom/subject.ts';
import type { Corpus } from '../../../scripts/conformance/corpus.ts';
import { cycloneDx } from '../../../scripts/conformance/cyclonedx.ts';
import { spdx } from '../../../scripts/conformance/spdx.ts';
import fc from '../../support/fast-check.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('reading an SBOM', () => {
  it('answers for any bytes without throwing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect((await readSbom('a.spdx', bytes)).ok).toBe(false);
      }),
    );
  });

  it('answers for any lines of tags without throwing', async () => {
    const tag = fc.constantFrom(
      'PackageName',
      'SPDXID',
      'FileChecksum',
      'Relationship',
      'ExternalRef',
      'Created',
      'X',
    );
    const line = fc.tuple(tag, fc.string()).map(([name, value]) => `${name}: ${value}`);
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        const read = await readSbom('a.spdx', encode(['SPDXVersion: SPDX-2.3', ...lines].join('\n')));
        expect(read.ok && read.sbom.problems.length).toBeGreaterThan(0);
      }),
    );
  });

  it.each([
    ['SPDX as XML', '<?xml version="1.0"?><Document xmlns="http://spdx.org/x"/>', 'SPDX as XML'],
    ['SPDX as RDF', '<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#"/>', 'SPDX as RDF'],
  ])('refuses %s by name', async (_, text, name) => {
    expect(await readSbom('a.json', encode(text))).toMatchObject({
      ok: false,
      problem: expect.stringContaining(name),
    });
  });
});

describe('an SBOM and the digest that is deployed', () => {
  const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
  const sbom = (...subjects: string[]): Sbom => ({
    path: 'sbom/shop.json',
    format: 'SPDX',
    specVersion: '2.3',
    components: [],
    entries: 1,
    subjects,
    problems: [],
    bytes: new Uint8Array(),
  });
  const deployed = [{ name: 'shop', digests: [digest('a')] }];

  it.each([
    ['agrees when it names the digest', [sbom(digest('a'))], []],
    ['is of another build when it names another digest', [sbom(digest('b'))], ['sbom-other-artifact']],
    ['is not tied to the build when it names none', [sbom()], ['sbom-not-bound']],
    ['is not judged when there is none', [], []],
  ])('%s', (_, sboms, codes) => {
    expect(subjectFindings(sboms, deployed, 'warning').map(({ code }) => code)).toEqual(codes);
  });

  it('reads the digest of an image from CycloneDX, as a hash, as a version and in the package URL', async () => {
    for (const product of [
      { hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }] },
      { version: digest('a') },
      { purl: `pkg:oci/shop@sha256%3A${'a'.repeat(64)}?arch=amd64` },
    ]) {
      const read = await readSbom(
        'bom.json',
        encode(
          JSON.stringify({
            bomFormat: 'CycloneDX',
            specVersion: '1.6',
            metadata: { component: { type: 'container', name: 'shop', ...product } },
          }),
        ),
      );
      expect(read).toMatchObject({ ok: true, sbom: { subjects: [digest('a')], problems: [] } });
    }
  });
});

describe.each<[Corpus]>([[spdx], [cycloneDx]])('published documents', (corpus) => {
  const folder = join(import.meta.dirname, '../../../../shared/corpora', corpus.name);
  it.skipIf(!existsSync(folder))(`${corpus.name}: every expectation is met`, async () => {
    const failed: string[] = [];
    let ran = 0;
    for await (const { name, outcome } of corpus.run(folder)) {
      if (outcome.kind !== 'left out') ran++;
      if (outcome.kind === 'failed') failed.push(`${name}: ${outcome.reason}`);
    }
    expect(failed).toEqual([]);
    console.log(`${corpus.name}: ${ran} cases ran`);
  });
});
