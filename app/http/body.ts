import type { IncomingMessage } from 'node:http';
import { RequestProblem } from './problem.ts';

/**
 * The raw body. Stops reading at `maxBytes`.
 *
 * @throws RequestProblem `BODY_TOO_LARGE` (413), `BODY_INCOMPLETE` (400).
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size <= maxBytes) chunks.push(chunk);
      else reject(tooLarge(maxBytes));
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.once('close', () => reject(incomplete()));
    request.once('error', () => reject(incomplete()));
  });
}

function tooLarge(maxBytes: number): RequestProblem {
  return new RequestProblem({
    status: 413,
    code: 'BODY_TOO_LARGE',
    message: `The body is larger than ${Math.round(maxBytes / 1_048_576)} MiB`,
    help: 'GitHub caps webhook payloads at 25 MB; send less.',
  });
}

function incomplete(): RequestProblem {
  return new RequestProblem({
    status: 400,
    code: 'BODY_INCOMPLETE',
    message: 'The connection ended before the whole body had arrived',
    help: 'Send the request again.',
  });
}
