import type { SignedDocument } from '../../../core/ports/attestations.ts';

/** A signed document and its text on one line. */
export interface FoundDocument {
  readonly document: SignedDocument;
  readonly text: string;
}

const maxDocuments = 1_000;
const maxSignatureBytes = 8_192;

/**
 * The signed documents in a file: a sigstore bundle, a DSSE envelope, JSON lines of either (`gh attestation
 * download`), an answer of GitHub's or npm's attestations API, or a signature in base64 (`cosign sign-blob`).
 * Returns a sentence when there is none.
 */
export function parseSignedDocuments(bytes: Uint8Array): readonly FoundDocument[] | string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    return 'it is not text';
  }
  if (text === '') return 'it is empty';
  const values = text.startsWith('{') || text.startsWith('[') ? jsonValues(text) : signature(text);
  if (typeof values === 'string') return values;
  if (values.length === 0) return 'it holds no bundle, envelope or signature';
  if (values.length > maxDocuments) return `it holds more than ${maxDocuments} documents`;
  return values;
}

function jsonValues(text: string): readonly FoundDocument[] | string {
  const whole = tryParse(text);
  if (whole !== undefined) return documentsIn(whole, 0);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const parsed = lines.map(tryParse);
  const broken = parsed.indexOf(undefined);
  if (broken >= 0)
    return lines.length === 1 ? 'it is not valid JSON' : `line ${broken + 1} is not valid JSON`;
  return parsed.flatMap((line) => documentsIn(line, 0));
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Wrappers are opened three levels deep: no tool nests further. */
function documentsIn(value: unknown, depth: number): FoundDocument[] {
  if (depth > 3 || value === null || typeof value !== 'object') return [];
  if (Array.isArray(value))
    return value.slice(0, maxDocuments + 1).flatMap((one) => documentsIn(one, depth + 1));
  const { attestations, attestation, bundle, verificationMaterial, payload, signatures, base64Signature } =
    value as Readonly<Record<string, unknown>>;
  const wrapped = attestations ?? attestation ?? bundle;
  if (wrapped !== undefined) return documentsIn(wrapped, depth + 1);
  if (verificationMaterial !== undefined) {
    return [{ document: { kind: 'bundle', json: value }, text: JSON.stringify(value) }];
  }
  if (base64Signature !== undefined) {
    return [{ document: { kind: 'cosign', json: value }, text: JSON.stringify(value) }];
  }
  if (payload === undefined || !Array.isArray(signatures)) return [];
  // An envelope may carry several signatures; each is somebody's, and is judged by itself.
  return signatures.slice(0, maxDocuments + 1).map((one) => {
    const json = { ...value, signatures: [one] };
    return { document: { kind: 'envelope', json }, text: JSON.stringify(json) };
  });
}

function signature(text: string): readonly FoundDocument[] | string {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length > maxSignatureBytes) {
    return 'it is neither JSON nor a signature in base64';
  }
  return [{ document: { kind: 'raw', signature: Buffer.from(text, 'base64') }, text }];
}
