import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../actions/supply-chain/vulnerabilities/difference.ts';
import { mergeVulnerabilities } from '../../../actions/supply-chain/vulnerabilities/identity.ts';
import type { Vulnerability } from '../../../actions/supply-chain/vulnerabilities/model.ts';
import { vulnerabilityOptionsSchema } from '../../../actions/supply-chain/vulnerabilities/options.ts';
import { readReport } from '../../../actions/supply-chain/vulnerabilities/read.ts';
import { reportFindings } from '../../../actions/supply-chain/vulnerabilities/reports.ts';
import { severityOf } from '../../../actions/supply-chain/vulnerabilities/severity.ts';
import { readVex } from '../../../actions/supply-chain/vulnerabilities/vex/read.ts';
import fc from '../../support/fast-check.ts';

const weakness = (ids: string[], name = 'left', version = '1.0.0'): Vulnerability => ({
  ids,
  package: name,
  version,
  purl: null,
  severity: 'high',
  fixedIn: [],
  published: null,
  place: null,
});

const anyWeakness = fc
  .record({
    ids: fc.uniqueArray(fc.constantFrom('CVE-1', 'CVE-2', 'GHSA-1', 'GHSA-2', 'OSV-1'), {
      minLength: 1,
      maxLength: 3,
    }),
    name: fc.constantFrom('left', 'right'),
    version: fc.constantFrom('1.0.0', '2.0.0', ''),
  })
  .map(({ ids, name, version }) => weakness(ids, name, version));

describe('the identity of a vulnerability', () => {
  it('joins names over any number of steps, in any order', () => {
    const chain = [weakness(['A', 'B']), weakness(['C', 'D']), weakness(['B', 'C'])];
    for (const order of [chain, chain.toReversed()]) {
      expect(mergeVulnerabilities(order).map(({ ids }) => [...ids].sort())).toEqual([['A', 'B', 'C', 'D']]);
    }
  });

  it('merges to entries of one package that share no name', () => {
    fc.assert(
      fc.property(fc.array(anyWeakness), (all) => {
        const seen = new Set<string>();
        for (const one of mergeVulnerabilities(all)) {
          for (const id of one.ids) {
            const key = `${one.package}@${one.version} ${id}`;
            expect(seen.has(key)).toBe(false);
            seen.add(key);
          }
        }
      }),
    );
  });

  it('finds nothing new in a release that is the last one', () => {
    fc.assert(
      fc.property(fc.array(anyWeakness), (all) => {
        const merged = mergeVulnerabilities(all);
        const { added, removed } = differenceOf(merged, merged);
        expect([...added, ...removed]).toEqual([]);
      }),
    );
  });

  it('finds everything new when there was nothing', () => {
    fc.assert(
      fc.property(fc.array(anyWeakness), (all) => {
        const merged = mergeVulnerabilities(all);
        expect(differenceOf(merged, []).added).toEqual(merged);
      }),
    );
  });
});

describe('severities', () => {
  it.each([
    ['CRITICAL', 'critical'],
    ['Important', 'high'],
    ['moderate', 'medium'],
    ['Negligible', 'low'],
    ['7.0', 'high'],
    [9.8, 'critical'],
    ['0.0', 'low'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    ['constructor', 'unknown'],
    ['11', 'unknown'],
  ])('%s is %s', (text, severity) => {
    expect(severityOf(text)).toBe(severity);
  });
});

describe('scanner reports', () => {
  it('answers for any JSON without throwing', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const bytes = new TextEncoder().encode(text);
        readReport('a.json', bytes);
        readVex('a.json', bytes);
      }),
    );
  });

  it('refuses the scan of another image', () => {
    const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
    const report = {
      path: 'a',
      scanner: 'grype',
      scannedAt: 0,
      subjects: [digest('a')],
      vulnerabilities: [],
    };
    const facts = { reports: [{ ok: true as const, report }], baseline: [], vex: [] };
    const codes = (deployed: string): string[] =>
      reportFindings(
        vulnerabilityOptionsSchema.parse({}),
        facts,
        [{ name: 'shop', digests: [deployed] }],
        0,
      ).findings.map(({ code }) => code);
    expect(codes(digest('b'))).toEqual(['vulnerability-report-other-artifact']);
    expect(codes(digest('a'))).toEqual([]);
  });
});
