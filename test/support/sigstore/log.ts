import { sign } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type KeyPair, sha256, spki } from './certificates.ts';

export const logAddress = 'https://log.example.test';

/** An entry in a transparency log of one entry, as a bundle carries it: promise, proof and signed checkpoint. */
export function logEntry(
  key: KeyPair,
  body: { readonly kind: string; readonly apiVersion: string; readonly spec: unknown },
  at: number,
) {
  const bytes = Buffer.from(canonicalize(body) ?? '');
  const keyId = sha256(spki(key.publicKey));
  const integratedTime = Math.floor(at / 1_000);
  const promised = canonicalize({
    body: bytes.toString('base64'),
    integratedTime,
    logID: keyId.toString('hex'),
    logIndex: 0,
  });
  const root = sha256(Buffer.from([0]), bytes);
  const note = `log.example.test\n1\n${root.toString('base64')}\n`;
  const signature = Buffer.concat([keyId.subarray(0, 4), sign('sha256', Buffer.from(note), key.privateKey)]);
  return {
    logIndex: '0',
    logId: { keyId: keyId.toString('base64') },
    kindVersion: { kind: body.kind, version: body.apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: {
      signedEntryTimestamp: sign('sha256', Buffer.from(promised ?? ''), key.privateKey).toString('base64'),
    },
    inclusionProof: {
      logIndex: '0',
      rootHash: root.toString('base64'),
      treeSize: '1',
      hashes: [],
      checkpoint: { envelope: `${note}\n— log.example.test ${signature.toString('base64')}\n` },
    },
    canonicalizedBody: bytes.toString('base64'),
  };
}

/** What log keeps of an envelope, and of a signature over an artifact. */
export function envelopeBody(payload: Uint8Array, signature: Buffer, verifier: string) {
  const value = sha256(payload).toString('hex');
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      payloadHash: { algorithm: 'sha256', value },
      signatures: [{ signature: signature.toString('base64'), verifier: base64(verifier) }],
    },
  };
}

export function artifactBody(artifact: Uint8Array, signature: Buffer, verifier: string) {
  return {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: sha256(artifact).toString('hex') } },
      signature: { content: signature.toString('base64'), publicKey: { content: base64(verifier) } },
    },
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
