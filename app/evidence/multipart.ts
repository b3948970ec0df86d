import { Readable } from 'node:stream';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { ConductorError } from '../../core/errors.ts';
import { type GateResult, gateResultSchema } from '../../core/gate/result.ts';
import { outageOf } from '../flow/outage.ts';
import { RequestProblem } from '../http/problem.ts';
import type { StagedFile } from './believe.ts';
import type { Blobs } from './blobs.ts';

/** What one submission may hold; the actions know the same numbers. */
export const submissionLimits = {
  files: 64,
  fileBytes: 16 * 1_048_576,
  totalBytes: 64 * 1_048_576,
  resultBytes: 8 * 1_048_576,
} as const;

export interface Submission {
  readonly result: GateResult;
  readonly files: readonly StagedFile[];
}

/**
 * Reads a submission: one part `result` (the gate result as JSON), one part `file` for each evidence file, whose
 * file name is its path in the evidence. Files go to the store as they come; what is not believed afterwards is not
 * kept for long.
 *
 * @throws RequestProblem `SUBMISSION_MALFORMED`, `SUBMISSION_TOO_LARGE`, `FILE_TYPE`, `RESULT_INVALID`; as the store.
 */
export async function readSubmission(request: Request, blobs: Pick<Blobs, 'stage'>): Promise<Submission> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type) || request.body === null) {
    throw malformed('the body is not multipart/form-data');
  }
  const body = Readable.fromWeb(request.body as never);
  const reader = new PartReader(blobs);
  await readParts(body, type, reader);
  return reader.finish();
}

function readParts(body: Readable, type: string, reader: PartReader): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      body.unpipe();
      body.resume(); // the rest is read and dropped, so that the answer arrives
      const isOurs = error instanceof ConductorError || outageOf(error) !== null;
      reject(isOurs ? error : malformed('its parts cannot be told apart'));
    };
    let parts: InstanceType<typeof Busboy>;
    try {
      parts = busboyFor(type);
    } catch (error) {
      return fail(error);
    }
    let last: Promise<void> = Promise.resolve();
    const then = (work: Promise<void>): void => {
      last = Promise.all([last, work]).then(() => undefined);
      last.catch(fail);
    };
    parts.on('file', (name, stream, filename, _encoding, mediaType) => {
      then(reader.file(name, stream, filename, mediaType));
    });
    parts.on('field', (name, value, _cut, truncated) => then(reader.field(name, value, truncated)));
    parts.on('filesLimit', () => fail(tooLarge(`more than ${submissionLimits.files} files`)));
    parts.on('fieldsLimit', () => fail(malformed('expected one part "result"')));
    parts.on('error', fail);
    parts.on('finish', () => last.then(resolve, fail));
    body.on('error', fail);
    body.pipe(parts as unknown as NodeJS.WritableStream);
  });
}

function busboyFor(type: string): InstanceType<typeof Busboy> {
  return new Busboy({
    headers: { 'content-type': type },
    preservePath: true,
    limits: {
      files: submissionLimits.files + 1,
      fileSize: submissionLimits.fileBytes,
      fields: 1,
      fieldSize: submissionLimits.resultBytes,
      fieldNameSize: 100,
      headerPairs: 20,
    },
  });
}

/** `type/subtype` with parameters, as short as the manifest wants it. */
const mediaTypePattern = /^[\w.+-]{1,60}\/[\w.+-]{1,60}(\s*;\s*[\w-]+=[\w.+-]+)?$/;

/** Takes the parts one by one, in whichever order they come. */
class PartReader {
  readonly #blobs: Pick<Blobs, 'stage'>;
  readonly #results: string[] = [];
  readonly #files: StagedFile[] = [];
  #count = 0;

  constructor(blobs: Pick<Blobs, 'stage'>) {
    this.#blobs = blobs;
  }

  async field(name: string, value: string, truncated: boolean): Promise<void> {
    if (name === 'file') throw malformed('a part "file" has no file name');
    if (name !== 'result') throw unknownPart(name);
    if (truncated) throw tooLarge('the result');
    this.#results.push(value);
  }

  async file(name: string, stream: BusboyFileStream, path: string, mediaType: string): Promise<void> {
    try {
      if (name === 'result') this.#results.push(await textOf(stream));
      else if (name === 'file') await this.#stage(stream, path, mediaType || 'application/octet-stream');
      else throw unknownPart(name);
    } catch (error) {
      stream.resume();
      throw error;
    }
  }

  async #stage(stream: BusboyFileStream, path: string, mediaType: string): Promise<void> {
    this.#count += 1;
    if (this.#count > submissionLimits.files) throw tooLarge(`more than ${submissionLimits.files} files`);
    if (!mediaTypePattern.test(mediaType)) throw wrongType(path, mediaType);
    const { sha256, size } = await this.#blobs.stage(stream, mediaType);
    if (stream.truncated) throw tooLarge(`a file of more than ${submissionLimits.fileBytes} bytes`);
    this.#files.push({ path, mediaType, sha256, size });
  }

  finish(): Submission {
    const [text, ...more] = this.#results;
    if (text === undefined || more.length > 0) {
      throw malformed(`expected one part "result", found ${this.#results.length}`);
    }
    return { result: parseResult(text), files: this.#files };
  }
}

async function textOf(stream: BusboyFileStream): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > submissionLimits.resultBytes) throw tooLarge('the result');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseResult(text: string): GateResult {
  const parsed = gateResultSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new RequestProblem({
    status: 422,
    code: 'RESULT_INVALID',
    message: `The result is not a GateResult of schema_version 1. ${places.join('; ')}`,
    help: 'Submit what the gate wrote, with the same version of Release Conductor on both sides.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('the part "result" is not JSON');
  }
}

function unknownPart(name: string): RequestProblem {
  return malformed(`there is no part ${JSON.stringify(name.slice(0, 50))}`);
}

function malformed(reason: string): RequestProblem {
  return new RequestProblem({
    status: 400,
    code: 'SUBMISSION_MALFORMED',
    message: `The submission cannot be read: ${reason}`,
    help: 'Send multipart/form-data with one part "result" and one part "file" for each evidence file.',
  });
}

function wrongType(path: string, mediaType: string): RequestProblem {
  return new RequestProblem({
    status: 422,
    code: 'FILE_TYPE',
    message: `${path.slice(0, 255)} has the type ${JSON.stringify(mediaType.slice(0, 100))}`,
    help: 'Give each file a media type such as application/json.',
  });
}

function tooLarge(what: string): RequestProblem {
  return new RequestProblem({
    status: 413,
    code: 'SUBMISSION_TOO_LARGE',
    message: `The submission is too large: ${what}`,
    help: 'At most 64 files, 16 MiB each, 64 MiB together.',
  });
}
