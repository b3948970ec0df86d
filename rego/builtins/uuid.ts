import { RegoObject } from '../value/collections.ts';
import { fromBigInt } from '../value/number.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, define, stringOperand } from './builtin.ts';

const pattern =
  /^(?:urn:uuid:|\{)?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;
/** 100 ns steps from 15 October 1582 to the epoch. */
const GREGORIAN = 122_192_928_000_000_000n;

/** What can be read from a UUID (RFC 9562); undefined when the text is none. */
function parse(text: string): Value | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const hex = match.slice(1).join('').toLowerCase();
  const version = Number.parseInt(hex[12] as string, 16);
  const fields = new RegoObject()
    .set('version', version)
    .set('variant', variantOf(Number.parseInt(hex[16] as string, 16)));
  if (version === 1 || version === 2) {
    fields.set('time', timeOf(hex));
    fields.set('nodeid', (hex.slice(20).match(/../g) ?? []).join('-'));
    fields.set('macvariables', macVariables(Number.parseInt(hex.slice(20, 22), 16)));
    fields.set('clocksequence', Number.parseInt(hex.slice(16, 20), 16) & 0x3fff);
  }
  if (version === 2) {
    const domain = Number.parseInt(hex.slice(18, 20), 16);
    fields.set('id', Number.parseInt(hex.slice(0, 8), 16));
    fields.set('domain', ['Person', 'Group', 'Org'][domain] ?? `Domain${domain}`);
  }
  return fields;
}

function variantOf(nibble: number): string {
  if ((nibble & 0xc) === 0x8) return 'RFC4122';
  if ((nibble & 0xe) === 0xc) return 'Microsoft';
  return (nibble & 0xe) === 0xe ? 'Future' : 'Reserved';
}

function timeOf(hex: string): Value {
  const steps = BigInt(`0x${hex.slice(13, 16)}${hex.slice(8, 12)}${hex.slice(0, 8)}`);
  return fromBigInt((steps - GREGORIAN) * 100n);
}

function macVariables(first: number): string {
  const scope = (first & 2) === 2 ? 'local' : 'global';
  return `${scope}:${(first & 1) === 1 ? 'multicast' : 'unicast'}`;
}

/** A random UUID from the caller's randomness; one key gives one UUID per evaluation. */
function rfc4122(args: readonly Value[], { kept, random }: Parameters<Builtin['evaluate']>[1]): Value {
  const key = `uuid.rfc4122 ${stringOperand(args, 1)}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const bytes = Array.from({ length: 16 }, () => Math.floor(random() * 256));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
  kept.set(key, id);
  return id;
}

export const uuid: readonly Builtin[] = [
  define('uuid.parse', ['string'], 'object', (args) => parse(stringOperand(args, 1))),
  { ...define('uuid.rfc4122', ['string'], 'string', rfc4122), isNondeterministic: true },
];
