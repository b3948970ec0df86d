import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { SecretScanner } from '../../core/evidence/secrets.ts';
import type { Inspector } from '../../core/ports/blob-store.ts';

/** Digests content and looks for credentials while it passes: nobody has to read it again before it is packed. */
export function createInspector(): Inspector {
  const digest = createHash('sha256');
  const scanner = new SecretScanner();
  let size = 0;
  let crc = 0;
  return {
    update(chunk) {
      digest.update(chunk);
      scanner.update(chunk);
      crc = crc32(chunk, crc);
      size += chunk.length;
    },
    finish: () => ({ size, sha256: digest.digest('hex'), crc32: crc, secret: scanner.finish() }),
  };
}
