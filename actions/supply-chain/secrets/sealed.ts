import { isRecord } from '../json.ts';

/** Bytes of an RSA ciphertext of 2048 to 8192 bits. */
const keyLengths = new Set([256, 384, 512, 1024]);
/** AES-GCM adds a tag of so many bytes. */
const tagLength = 16;

/**
 * What in a SealedSecret is not sealed. A sealed value is the length of the session key in two bytes, the key under
 * RSA-OAEP, and the text under AES-GCM (sealed-secrets, `pkg/crypto`); text that was only base64-encoded is not.
 */
export function sealedProblems(document: Readonly<Record<string, unknown>>): string[] {
  const spec = isRecord(document.spec) ? document.spec : {};
  const data = isRecord(spec.encryptedData) ? Object.entries(spec.encryptedData) : [];
  const template = isRecord(spec.template) ? spec.template : {};
  const beside = [template.data, template.stringData].filter(isRecord).flatMap(Object.keys);
  return [
    ...(data.length === 0 ? ['spec.encryptedData is empty'] : []),
    ...data
      .filter(([, value]) => !isSealed(value))
      .map(([name]) => `spec.encryptedData.${name} is not sealed`),
    ...beside
      .filter((name) => /pass|secret|token|key|credential/i.test(name))
      .map((name) => `spec.template carries ${name} in plain text`),
  ];
}

function isSealed(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/\s]+={0,2}$/.test(value)) return false;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length < 2) return false;
  const keyLength = bytes.readUInt16BE(0);
  return keyLengths.has(keyLength) && bytes.length >= 2 + keyLength + tagLength;
}
