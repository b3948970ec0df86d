import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, bool, context, type Der, integer, octets, oid, sequence, setOf, time, utf8 } from './der.ts';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const newKey = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
export const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const hour = 3_600_000;

export interface Extension {
  readonly id: string;
  readonly critical?: boolean;
  readonly value: Der;
}

interface Contents {
  readonly subject: string;
  readonly issuer: { readonly name: string; readonly key: KeyPair };
  readonly publicKey: KeyObject;
  readonly from: number;
  readonly until: number;
  readonly extensions: readonly Extension[];
}

/** A root certificate that may issue others, valid from a year before `now`. */
export function rootCertificate(name: string, key: KeyPair, now: number): Buffer {
  return certificate({
    subject: name,
    issuer: { name, key },
    publicKey: key.publicKey,
    from: now - 8_760 * hour,
    until: now + 8_760 * hour,
    extensions: [
      { id: '2.5.29.19', critical: true, value: sequence(bool(true)) },
      { id: '2.5.29.15', critical: true, value: bits(Buffer.from([0x06]), 1) },
      { id: '2.5.29.14', value: octets(sha256(spki(key.publicKey)).subarray(0, 20)) },
    ],
  });
}

/** A certificate of ten minutes for one signing, with the proof that a log has seen it. */
export function leafCertificate(parts: {
  readonly ca: { readonly name: string; readonly key: KeyPair };
  readonly ctLog: KeyPair | null;
  readonly publicKey: KeyObject;
  readonly from: number;
  readonly extensions: readonly Extension[];
}): Buffer {
  const { ca, ctLog } = parts;
  const contents: Contents = {
    subject: '',
    issuer: ca,
    publicKey: parts.publicKey,
    from: parts.from,
    until: parts.from + hour / 6,
    extensions: [
      { id: '2.5.29.15', critical: true, value: bits(Buffer.from([0x80]), 7) },
      {
        id: '2.5.29.35',
        value: sequence(context(0, sha256(spki(ca.key.publicKey)).subarray(0, 20), false)),
      },
      ...parts.extensions,
    ],
  };
  if (ctLog === null) return certificate(contents);
  const serial = randomBytes(8);
  const seen = proofOfLogging(tbs(contents, serial), ca.key, ctLog, parts.from);
  return certificate({ ...contents, extensions: [...contents.extensions, seen] }, serial);
}

/** A TLS server's certificate for names and IPv4 addresses; without `ca` it is signed by itself. */
export function serverCertificate(parts: {
  readonly ca?: { readonly name: string; readonly key: KeyPair };
  readonly key: KeyPair;
  readonly names: readonly string[];
  readonly from: number;
  readonly until: number;
}): Buffer {
  const { key, from, until, names, ca } = parts;
  const subject = names[0] ?? '';
  const alternatives = names.map((one) =>
    /^[\d.]+$/.test(one)
      ? context(7, Buffer.from(one.split('.').map(Number)), false)
      : context(2, Buffer.from(one), false),
  );
  return certificate({
    subject,
    issuer: ca ?? { name: subject, key },
    publicKey: key.publicKey,
    from,
    until,
    extensions: [{ id: '2.5.29.17', value: sequence(...alternatives) }],
  });
}

function certificate(contents: Contents, serial: Uint8Array = randomBytes(8)): Buffer {
  const body = tbs(contents, serial);
  return sequence(body, ecdsaSha256, bits(sign('sha256', body, contents.issuer.key.privateKey)));
}

function tbs({ subject, issuer, publicKey, from, until, extensions }: Contents, serial: Uint8Array): Der {
  return sequence(
    context(0, integer(2), true),
    integer(Buffer.concat([Buffer.from([1]), serial])),
    ecdsaSha256,
    name(issuer.name),
    sequence(time(from), time(until)),
    name(subject),
    spki(publicKey),
    context(3, sequence(...extensions.map(extension)), true),
  );
}

function extension({ id, critical, value }: Extension): Der {
  return sequence(oid(id), ...(critical ? [bool(true)] : []), octets(value));
}

function name(text: string): Der {
  return text === '' ? sequence() : sequence(setOf(sequence(oid('2.5.4.3'), utf8(text))));
}

/** A signed certificate timestamp over the precertificate (RFC 6962, 3.2 and 3.3). */
function proofOfLogging(precertificate: Der, issuer: KeyPair, log: KeyPair, at: number): Extension {
  const number = (value: number, bytes: number): Buffer => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64BE(BigInt(value));
    return buffer.subarray(8 - bytes);
  };
  const signed = Buffer.concat([
    Buffer.from([0, 0]),
    number(at, 8),
    number(1, 2),
    sha256(spki(issuer.publicKey)),
    number(precertificate.length, 3),
    precertificate,
    number(0, 2),
  ]);
  const signature = sign('sha256', signed, log.privateKey);
  const timestamp = Buffer.concat([
    Buffer.from([0]),
    sha256(spki(log.publicKey)),
    number(at, 8),
    number(0, 2),
    Buffer.from([4, 3]),
    number(signature.length, 2),
    signature,
  ]);
  const list = Buffer.concat([number(timestamp.length, 2), timestamp]);
  return { id: '1.3.6.1.4.1.11129.2.4.2', value: octets(Buffer.concat([number(list.length, 2), list])) };
}
