import { createHash, randomBytes } from 'node:crypto';

/** Content type of RFC 3161, section 3.4. */
export const timestampQueryType = 'application/timestamp-query';

/** AlgorithmIdentifier of SHA-256: 2.16.840.1.101.3.4.2.1, NULL. */
const sha256Algorithm = Buffer.from('300d06096086480165030402010500', 'hex');

/** A TimeStampReq (RFC 3161, section 2.4.1) for the SHA-256 of these bytes, with a nonce, asking for the certificate. */
export function renderTimestampQuery(bytes: Uint8Array): Uint8Array {
  const digest = createHash('sha256').update(bytes).digest();
  const nonce = randomBytes(8);
  nonce[0] = 0x40 | ((nonce[0] as number) & 0x3f); // positive, and no leading zeros
  const imprint = der(0x30, sha256Algorithm, der(0x04, digest));
  return der(0x30, der(0x02, Buffer.of(1)), imprint, der(0x02, nonce), der(0x01, Buffer.of(0xff)));
}

/** A value of DER that is shorter than 128 bytes. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag, body.length), body]);
}
