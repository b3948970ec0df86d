import { createPrivateKey, type KeyObject } from 'node:crypto';
import { RegoObject } from '../value/collections.ts';
import { fromBigInt } from '../value/number.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, BuiltinError, define, stringOperand } from './builtin.ts';
import { pemBlocks } from './pem.ts';

const labels: ReadonlySet<string> = new Set(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY']);

/** Every private key of the PEM in a text, as Go's json prints its structures; null for an empty text. */
function parsePrivateKeys(args: readonly Value[]): Value {
  const text = stringOperand(args, 1);
  if (text === '') return null;
  return pemBlocks(text)
    .filter(({ label }) => labels.has(label))
    .map((block) => keyValue(readKey(block.text)));
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new BuiltinError('failed to parse private key');
  }
}

function keyValue(key: KeyObject): Value {
  const jwk = key.export({ format: 'jwk' });
  const number = (field: string | undefined): Value =>
    fromBigInt(BigInt(`0x${Buffer.from(field ?? '', 'base64url').toString('hex') || '0'}`));
  switch (jwk.kty) {
    case 'RSA':
      return RegoObject.of([
        ['N', number(jwk.n)],
        ['E', number(jwk.e)],
        ['D', number(jwk.d)],
        ['Primes', [number(jwk.p), number(jwk.q)]],
        [
          'Precomputed',
          RegoObject.of([
            ['Dp', number(jwk.dp)],
            ['Dq', number(jwk.dq)],
            ['Qinv', number(jwk.qi)],
            ['CRTValues', []],
          ]),
        ],
      ]);
    case 'EC':
      return RegoObject.of([
        ['Curve', {}],
        ['X', number(jwk.x)],
        ['Y', number(jwk.y)],
        ['D', number(jwk.d)],
      ]);
    case 'OKP':
      // Go keeps seed and public key in one slice of bytes.
      return Buffer.concat([
        Buffer.from(jwk.d ?? '', 'base64url'),
        Buffer.from(jwk.x ?? '', 'base64url'),
      ]).toString('base64');
    default:
      throw new BuiltinError('failed to parse private key');
  }
}

export const privateKeys: readonly Builtin[] = [
  define('crypto.parse_private_keys', ['string'], 'any', parsePrivateKeys),
];
