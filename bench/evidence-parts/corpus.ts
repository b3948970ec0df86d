import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const mebibyte = 1_048_576;

/** Mixed evidence as gates make it: SBOMs, attestations, load-test points, pictures; `total` bytes in `folder`. */
export function writeCorpus(folder: string, total: number): readonly string[] {
  const share = Math.floor(total / 16);
  const files: [path: string, size: number, make: (size: number) => Buffer][] = [
    ['sbom/shop.spdx.json', 4 * share, packages],
    ['sbom/worker.spdx.json', 2 * share, packages],
    ['perf/points.json', 3 * share, points],
    ['attestations/build.intoto.jsonl', share, envelopes],
    ['chaos/zone-loss/evidence.json', share, points],
    ...Array.from({ length: 5 }, (_, n): [string, number, typeof pixels] => [
      `slo/burn-${n}.png`,
      share,
      pixels,
    ]),
  ];
  for (const [path, size, make] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), make(size));
  }
  return files.map(([path]) => path);
}

function packages(size: number): Buffer {
  return lines(size, (n) => {
    const digest = createHash('sha256').update(`package ${n}`).digest('hex');
    return `{"SPDXID":"SPDXRef-Package-${n}","name":"package-${n % 977}","versionInfo":"${n % 40}.${n % 13}.${n % 7}","downloadLocation":"https://registry.example.com/package-${n % 977}/-/${n}.tgz","checksums":[{"algorithm":"SHA256","checksumValue":"${digest}"}]}`;
  });
}

function points(size: number): Buffer {
  return lines(
    size,
    (n) =>
      `{"at":${1_700_000_000 + n},"route":"/cart/${n % 31}","p95":${(n * 7919) % 977},"errors":${n % 3}}`,
  );
}

function envelopes(size: number): Buffer {
  return lines(size, (n) => {
    const payload = Buffer.from(`{"subject":${n},"digest":"${'ab'.repeat(200)}${n}"}`).toString('base64');
    return `{"payloadType":"application/vnd.in-toto+json","payload":"${payload}","signatures":[]}`;
  });
}

function pixels(size: number): Buffer {
  return randomBytes(size);
}

/** Distinct lines up to a size; a block of them is repeated once it is long enough for any compressor. */
function lines(size: number, line: (n: number) => string): Buffer {
  const block: string[] = [];
  let length = 0;
  for (let n = 0; length < Math.min(size, 8 * mebibyte); n++) {
    block.push(line(n));
    length += (block.at(-1) as string).length + 1;
  }
  const bytes = Buffer.from(`${block.join('\n')}\n`);
  return Buffer.alloc(size, bytes);
}
