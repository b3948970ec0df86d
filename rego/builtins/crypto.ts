import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Value } from '../value/types.ts';
import { type Builtin, define, stringOperand } from './builtin.ts';

const hash = (name: 'md5' | 'sha1' | 'sha256'): Builtin =>
  define(`crypto.${name}`, ['string'], 'string', (args, { budget }) => {
    const text = stringOperand(args, 1);
    budget.charge(text.length);
    return createHash(name).update(text, 'utf8').digest('hex');
  });

const hmac = (name: 'md5' | 'sha1' | 'sha256' | 'sha512'): Builtin =>
  define(`crypto.hmac.${name}`, ['string', 'string'], 'string', (args, { budget }) => {
    const text = stringOperand(args, 1);
    budget.charge(text.length);
    return createHmac(name, stringOperand(args, 2)).update(text, 'utf8').digest('hex');
  });

/** Compares in constant time, as far as the length allows. */
function hmacEqual(args: readonly Value[]): Value {
  const a = Buffer.from(stringOperand(args, 1));
  const b = Buffer.from(stringOperand(args, 2));
  return a.length === b.length && timingSafeEqual(a, b);
}

export const crypto: readonly Builtin[] = [
  hash('md5'),
  hash('sha1'),
  hash('sha256'),
  hmac('md5'),
  hmac('sha1'),
  hmac('sha256'),
  hmac('sha512'),
  define('crypto.hmac.equal', ['string', 'string'], 'boolean', hmacEqual),
];
