import { evaluateSupplyChain } from '../actions/supply-chain/evaluate.ts';
import { type LockFile, npmPurl } from '../actions/supply-chain/lock-files/model.ts';
import { supplyChainOptionsSchema } from '../actions/supply-chain/options.ts';
import { generateSpdx } from '../actions/supply-chain/sbom/generate.ts';
import { readSbom } from '../actions/supply-chain/sbom/read.ts';
import type { Vulnerability } from '../actions/supply-chain/vulnerabilities/model.ts';
import { type Benchmark, type Figure, ratio } from './measure.ts';

const packages = 10_000;
/** `JSON.parse` is compiled from the start, ours only after it ran for a while: the aim is about work. */
const warmUpRounds = 15;
const licenses = ['MIT', 'Apache-2.0', 'ISC', 'BSD-3-Clause', '(MIT OR Apache-2.0)'];

/** An SBOM of 10,000 packages: read and validated, licence-checked, held against its lock file and the last scan. */
export const sbomSpeed: Benchmark = {
  name: 'sbom',
  title: `Supply chain: an SBOM of ${packages.toLocaleString('en')} packages against JSON.parse of it`,
  async run(rounds) {
    const lock = lockOf(packages);
    const forms = [
      { name: 'SPDX 2.3', path: 'sbom/shop.spdx.json', bytes: spdxOf(lock) },
      { name: 'CycloneDX 1.6', path: 'sbom/shop.cdx.json', bytes: cycloneDxOf(lock) },
    ];
    const figures: Figure[] = [];
    for (const { name, path, bytes } of forms) {
      const text = new TextDecoder().decode(bytes);
      const parsing: number[] = [];
      const judging: number[] = [];
      for (let round = 0; round < warmUpRounds + rounds; round++) {
        parsing.push(await milliseconds(() => JSON.parse(text)));
        judging.push(await milliseconds(() => judge(path, bytes, lock)));
      }
      const measured = parsing.slice(warmUpRounds);
      const ours = judging.slice(warmUpRounds);
      figures.push(
        {
          name: `${name}: JSON.parse (${Math.round(bytes.length / 1024)} KiB)`,
          unit: 'ms',
          rounds: measured,
          aim: null,
        },
        { name: `${name}: validate, licences, lock file, difference`, unit: 'ms', rounds: ours, aim: null },
        ratio(`${name}: times JSON.parse`, ours, measured, { op: '<=', value: 5 }),
      );
    }
    return figures;
  },
};

const options = supplyChainOptionsSchema.parse({ licenses: { allow: licenses.slice(0, 4) } });
const subject = { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/tags/v1' };

async function judge(path: string, bytes: Uint8Array, lock: LockFile): Promise<void> {
  const report = (vulnerabilities: readonly Vulnerability[]) =>
    [
      { ok: true, report: { path, scanner: 'grype', scannedAt: null, subjects: [], vulnerabilities } },
    ] as const;
  const evaluation = evaluateSupplyChain(
    options,
    {
      sboms: [await readSbom(path, bytes)],
      locks: [{ ok: true, lock }],
      otherLocks: [],
      dockerfiles: [],
      manifests: [],
      images: [],
      secrets: { credentials: [], problems: [], searched: 0, passedOver: [] },
      vulnerabilities: { reports: report(current), baseline: report(baseline), vex: [] },
      provenance: { state: 'not-configured' },
    },
    subject,
    0,
  );
  const wrong = evaluation.findings.find(({ level }) => level === 'error');
  if (wrong !== undefined) throw new Error(`the benchmark's own document is refused: ${wrong.message}`);
}

function lockOf(count: number): LockFile {
  return {
    path: 'package-lock.json',
    ecosystem: 'npm',
    rootName: 'shop',
    rootVersion: '1.0.0',
    rootLicense: 'MIT',
    packages: Array.from({ length: count }, (_, index) => ({
      ...namedPackage(index),
      dev: false,
      optional: false,
      license: licenses[index % licenses.length] ?? null,
      resolved: `https://registry.npmjs.org/package-${index}/-/package-${index}.tgz`,
      integrity: `sha512-${Buffer.alloc(64, index % 251).toString('base64')}`,
    })),
  };
}

function namedPackage(index: number): { name: string; version: string; purl: string } {
  const name = index % 3 === 0 ? `@scope-${index % 97}/package-${index}` : `package-${index}`;
  const version = `${index % 9}.${index % 13}.${index % 17}`;
  return { name, version, purl: npmPurl(name, version) };
}

function spdxOf(lock: LockFile): Uint8Array {
  return generateSpdx(lock, { now: 0, tool: 'bench', repository: 'acme/shop', sha: subject.sha });
}

function cycloneDxOf(lock: LockFile): Uint8Array {
  const components = lock.packages.map(({ name, version, license, resolved }) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return {
      type: 'library',
      'bom-ref': purl,
      name,
      version,
      purl,
      licenses: license?.startsWith('(') ? [{ expression: license }] : [{ license: { id: license } }],
      hashes: [{ alg: 'SHA-512', content: 'ab'.repeat(64) }],
      externalReferences: [{ type: 'distribution', url: resolved }],
    };
  });
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    components,
    dependencies: components.map((one, index) => ({
      ref: one['bom-ref'],
      dependsOn: components.slice(index + 1, index + 3).map((other) => other['bom-ref']),
    })),
  };
  return new TextEncoder().encode(JSON.stringify(document, null, 2));
}

const baseline = weaknesses(1_000, 'GHSA');
const current = weaknesses(1_000, 'CVE');

/** The same weaknesses under the name that one database, or the other, puts first. */
function weaknesses(count: number, first: 'CVE' | 'GHSA'): Vulnerability[] {
  return Array.from({ length: count }, (_, index) => {
    const ids = [`CVE-2026-${10_000 + index}`, `GHSA-${index}`];
    return {
      ids: first === 'CVE' ? ids : ids.toReversed(),
      package: `package-${index}`,
      version: '1.0.0',
      purl: null,
      severity: 'high' as const,
      fixedIn: [],
      published: null,
      place: null,
    };
  });
}

async function milliseconds(work: () => unknown): Promise<number> {
  globalThis.gc?.();
  const from = performance.now();
  await work();
  return performance.now() - from;
}
