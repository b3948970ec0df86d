import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const target = join(import.meta.dirname, '../adapters/sigstore/public-good-root.json');
const mirror = 'https://tuf-repo-cdn.sigstore.dev';

/**
 * Takes the trusted root of the public sigstore out of the seeds that sigstore's own npm package `@sigstore/tuf` carries,
 * byte for byte: `node scripts/update-sigstore-root.ts`. The difference is reviewed like code, for it decides whom the
 * gates believe. Nothing is fetched when a gate runs.
 */
const folder = mkdtempSync(join(tmpdir(), 'sigstore-root-'));
try {
  const packed = execFileSync('npm', ['pack', '@sigstore/tuf', '--silent'], {
    cwd: folder,
    encoding: 'utf8',
  });
  execFileSync('tar', ['-xzf', packed.trim(), 'package/seeds.json'], { cwd: folder });
  const seeds = JSON.parse(readFileSync(join(folder, 'package/seeds.json'), 'utf8'));
  writeFileSync(target, Buffer.from(seeds[mirror].targets['trusted_root.json'], 'base64'));
  console.log(`${target}: from ${packed.trim()}`);
} finally {
  rmSync(folder, { recursive: true });
}
