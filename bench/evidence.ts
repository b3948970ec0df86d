import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCorpus } from './evidence-parts/corpus.ts';
import type { Benchmark, Figure } from './measure.ts';
import { ratio } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const part = (name: string): string => join(root, 'bench/evidence-parts', name);
const total = 256 * 1_048_576;
const hugeTotal = 10 * 1_000_000_000;

/**
 * Looking at, packing and signing 256 MiB of mixed evidence against `sha256sum` and `zip -6` of the same files,
 * verifying it against `sha256sum` of the zip, each as a process of its own; and the memory that 10 GB take.
 */
export const evidence: Benchmark = {
  name: 'evidence',
  title: 'Evidence of 256 MiB: pack over sha256sum + zip -6, verify over sha256sum, memory at 10 GB',
  async run(rounds) {
    const folder = mkdtempSync(join(tmpdir(), 'rc-evidence-'));
    try {
      return measure(folder, rounds);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function measure(folder: string, rounds: number): readonly Figure[] {
  const paths = writeCorpus(folder, total);
  const store = join(folder, 'store');
  const key = newKeyFiles(folder);
  const times = { pack: [] as number[], tools: [] as number[], verify: [] as number[], sum: [] as number[] };
  const digests = new Set<string>();
  const packMemory: number[] = [];
  let zip = '';
  for (let round = 0; round < rounds; round++) {
    times.pack.push(
      timeOf(() => {
        const answer = run(process.execPath, [part('pack.ts'), folder, store, key, ...paths], folder);
        const { sha256, maxRss } = JSON.parse(answer) as { sha256: string; maxRss: number };
        digests.add(sha256);
        zip = join(store, sha256.slice(0, 2), sha256);
        packMemory.push(maxRss / 1_000);
      }),
    );
    times.tools.push(
      timeOf(() => {
        run('sha256sum', paths, folder);
        run('zip', ['-6', '-q', 'tools.zip', ...paths], folder);
      }),
    );
    rmSync(join(folder, 'tools.zip'));
    times.verify.push(
      timeOf(() => {
        const bundle = join(store, `${basename(zip)}.sigstore.json`);
        const verify = ['verify', zip, '--bundle', bundle, '--key', 'key.pem'];
        run(process.execPath, [join(root, 'cli/bin.js'), ...verify], folder);
      }),
    );
    times.sum.push(timeOf(() => run('sha256sum', [zip], folder)));
  }
  const huge = JSON.parse(run(process.execPath, [part('huge.ts'), String(hugeTotal)], folder));
  return [
    { name: 'pack: look, write, sign', unit: 'ms', rounds: times.pack, aim: null },
    { name: 'sha256sum + zip -6', unit: 'ms', rounds: times.tools, aim: null },
    ratio('pack over sha256sum + zip -6', times.pack, times.tools, { op: '<=', value: 0.6 }),
    {
      name: 'different zips of the same evidence',
      unit: '',
      rounds: [digests.size],
      aim: { op: '<=', value: 1 },
    },
    { name: 'verify', unit: 'ms', rounds: times.verify, aim: null },
    { name: 'sha256sum of the zip', unit: 'ms', rounds: times.sum, aim: null },
    ratio('verify over sha256sum', times.verify, times.sum, { op: '<=', value: 1.2 }),
    {
      name: 'resident memory packing 256 MiB',
      unit: 'MB',
      rounds: packMemory,
      aim: { op: '<=', value: 150 },
    },
    {
      name: `resident memory writing ${Math.round(huge.written / 1e9)} GB`,
      unit: 'MB',
      rounds: [huge.maxRss / 1_000],
      aim: { op: '<=', value: 150 },
    },
  ];
}

/** A key of this run; its public half lies in the folder for `verify`. */
function newKeyFiles(folder: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(folder, 'key.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1_048_576 });
}

/** Wall time, ms. */
function timeOf(work: () => void): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}
