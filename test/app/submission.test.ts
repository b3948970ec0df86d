import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSubmission, submissionLimits } from '../../app/evidence/multipart.ts';
import type { StoredContent } from '../../core/ports/blob-store.ts';
import { gateResultFor } from '../evidence/support.ts';

const result = JSON.stringify(gateResultFor('slo', { repository: 'acme/shop', sha: 'a'.repeat(40) }));

/** A store that remembers digests, and the largest piece that it was ever given. */
class Staged {
  readonly digests: string[] = [];
  largestPiece = 0;

  readonly stage = async (
    pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<StoredContent> => {
    const digest = createHash('sha256');
    let size = 0;
    for await (const piece of pieces) {
      digest.update(piece);
      size += piece.length;
      this.largestPiece = Math.max(this.largestPiece, piece.length);
    }
    const sha256 = digest.digest('hex');
    this.digests.push(sha256);
    return { sha256, size, crc32: 0, secret: null, read: async () => new Uint8Array() };
  };
}

type Part = readonly [name: string, content: string | Uint8Array, path?: string, type?: string];

function submission(parts: readonly Part[], change: (body: string) => string = (body) => body): Request {
  const boundary = 'b0undary';
  const encoded = parts.map(([name, content, path, type = 'application/json']) =>
    Buffer.concat([
      Buffer.from(
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${path === undefined ? '' : `; filename="${path}"\r\ncontent-type: ${type}`}\r\n\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
  );
  const body = Buffer.concat([...encoded, Buffer.from(`--${boundary}--\r\n`)]);
  return new Request('http://127.0.0.1/v1/evidence', {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: ReadableStream.from(inPieces(Buffer.from(change(body.toString('latin1')), 'latin1'))),
    duplex: 'half',
  } as RequestInit);
}

/** As it comes from a socket. */
function* inPieces(bytes: Buffer): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield Uint8Array.from(bytes.subarray(at, at + 65_536));
}

describe('a submission', () => {
  it('goes to the store piece by piece, whichever part comes first', async () => {
    const store = new Staged();
    const large = new Uint8Array(submissionLimits.fileBytes).fill(7);
    const { files, result: read } = await readSubmission(
      submission([
        ['file', large, 'perf/k6.json'],
        ['result', result, 'result.json'],
        ['file', '{}', 'slo/burn.json'],
      ]),
      store,
    );
    expect(read.gate).toBe('slo');
    expect(files.map(({ path, size, mediaType }) => [path, size, mediaType])).toEqual([
      ['perf/k6.json', large.length, 'application/json'],
      ['slo/burn.json', 2, 'application/json'],
    ]);
    expect(store.largestPiece).toBeLessThan(1_048_576);
  });

  it('takes the result as a plain field too', async () => {
    const { result: read } = await readSubmission(submission([['result', result]]), new Staged());
    expect(read.gate).toBe('slo');
  });

  const many = (count: number): readonly Part[] =>
    Array.from({ length: count }, (_, n): Part => ['file', `${n}`, `perf/${n}.json`]);
  it.each<[string, string, () => Request]>([
    ['without a result', 'SUBMISSION_MALFORMED', () => submission([['file', '{}', 'a.json']])],
    [
      'with two results',
      'SUBMISSION_MALFORMED',
      () =>
        submission([
          ['result', result, 'r'],
          ['result', result, 'r'],
        ]),
    ],
    [
      'with a part that nobody knows',
      'SUBMISSION_MALFORMED',
      () =>
        submission([
          ['result', result],
          ['extra', 'x', 'x'],
        ]),
    ],
    ['with a file that has no name', 'SUBMISSION_MALFORMED', () => submission([['file', 'x']])],
    ['with a result that is not JSON', 'SUBMISSION_MALFORMED', () => submission([['result', '{', 'r']])],
    ['with a result that is none', 'RESULT_INVALID', () => submission([['result', '{}', 'r']])],
    [
      'that ends in the middle',
      'SUBMISSION_MALFORMED',
      () => submission([['result', result, 'r']], (body) => body.slice(0, -20)),
    ],
    [
      'that is no form',
      'SUBMISSION_MALFORMED',
      () => new Request('http://127.0.0.1/', { method: 'POST', body: 'x' }),
    ],
    [
      'with a file that is too large',
      'SUBMISSION_TOO_LARGE',
      () => submission([['file', new Uint8Array(submissionLimits.fileBytes + 1), 'big.bin']]),
    ],
    ['with too many files', 'SUBMISSION_TOO_LARGE', () => submission([['result', result, 'r'], ...many(65)])],
    ['with a file of no type', 'FILE_TYPE', () => submission([['file', 'x', 'a.json', 'what is this']])],
  ])('%s is refused: %s', async (_name, code, request) => {
    await expect(readSubmission(request(), new Staged())).rejects.toMatchObject({ code });
  });
});
