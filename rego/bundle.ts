import { gunzipSync } from 'node:zlib';
import { RegoError } from './errors.ts';
import type { WasmOptions } from './wasm.ts';

/** What a bundle of `opa build -t wasm` holds that evaluation needs. */
export interface WasmBundle {
  readonly wasm: Uint8Array;
  /** Base documents below `data`. */
  readonly data: NonNullable<WasmOptions['data']>;
}

/** A bundle that unpacks to more is refused. */
const LARGEST = 256 * 1024 * 1024;
const BLOCK = 512;

/**
 * Reads a bundle: a `.tar.gz` with `/policy.wasm` and `/data.json`. Bytes that are no gzip are taken as the module
 * itself. Throws `RegoError` for what is neither. Signatures of bundles are not verified.
 */
export function readWasmBundle(bytes: Uint8Array): WasmBundle {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { wasm: bytes, data: {} };
  const files = untar(unzipped(bytes));
  const wasm = files.get('policy.wasm');
  if (wasm === undefined)
    throw notABundle(`it has no policy.wasm, only ${[...files.keys()].join(', ') || 'nothing'}`);
  const data = files.get('data.json');
  return { wasm, data: data === undefined ? {} : documents(data) };
}

const notABundle = (why: string): RegoError =>
  new RegoError('rego_compile_error', `not a bundle of opa build -t wasm: ${why}`);

function unzipped(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST });
  } catch (error) {
    throw notABundle((error as Error).message);
  }
}

function documents(json: Uint8Array): WasmBundle['data'] {
  try {
    const data: unknown = JSON.parse(Buffer.from(json).toString('utf8'));
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data;
  } catch {
    // Said below.
  }
  throw notABundle('its data.json is no JSON object');
}

/** The files of a tar by their names without the leading slash. Names and sizes are all that is read of headers. */
function untar(tar: Buffer): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const field = (from: number, length: number): string =>
      tar.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(field(124, 12).trim() || '0', 8);
    const start = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > tar.length)
      throw notABundle('its tar is damaged');
    files.set(field(0, 100).replace(/^\.?\//, ''), tar.subarray(start, start + size));
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
