import { RegoSet } from '../value/collections.ts';
import { typeName } from '../value/compare.ts';
import { isObject, objectEntries } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import {
  type Builtin,
  BuiltinError,
  define,
  elementsOperand,
  OperandError,
  operandError,
  stringOperand,
} from './builtin.ts';
import {
  type Address,
  addressText,
  contains,
  firstAddress,
  lastAddress,
  type Network,
  networkText,
  parseAddress,
  parseNetwork,
} from './ip.ts';

function network(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new BuiltinError(`invalid CIDR address: ${text}`);
  return parsed;
}

/** A network, or one address as the network of itself. */
function networkOrAddress(text: string): Network {
  const address = text.includes('/') ? undefined : parseAddress(text);
  if (address !== undefined) return { address, prefix: address.bits };
  if (!text.includes('/')) throw new BuiltinError(`invalid textual representation of IP address: ${text}`);
  return network(text);
}

function holds(outer: Network, inner: Network): boolean {
  const last: Address = { bits: inner.address.bits, value: lastAddress(inner) };
  return contains(outer, inner.address) && contains(outer, last);
}

function intersects(a: Network, b: Network): boolean {
  return contains(a, b.address) || contains(b, a.address);
}

function expand(args: readonly Value[], { budget }: Parameters<Builtin['evaluate']>[1]): Value {
  const parsed = network(stringOperand(args, 1));
  const size = lastAddress(parsed) - firstAddress(parsed) + 1n;
  budget.charge(Number(size) * 2);
  const found = new RegoSet();
  for (let value = firstAddress(parsed); value <= lastAddress(parsed); value += 1n) {
    budget.tick();
    found.add(addressText({ bits: parsed.address.bits, value }));
  }
  return found;
}

/** Each network of a collection with the index or key that stands for it. */
function indexed(args: readonly Value[], position: number): readonly (readonly [Value, Network])[] {
  const value = args[position - 1] as Value;
  const item = (key: Value, entry: Value): readonly [Value, Network] => {
    const text = Array.isArray(entry) ? (entry as readonly Value[])[0] : entry;
    if (typeof text !== 'string')
      throw new BuiltinError(`operand ${position}: element must be string or non-empty array`);
    return [key, networkOrAddress(text)];
  };
  if (typeof value === 'string') return [[value, networkOrAddress(value)]];
  if (Array.isArray(value)) return (value as readonly Value[]).map((entry, i) => item(i, entry));
  if (value instanceof RegoSet) return value.values().map((entry) => item(entry, entry));
  if (isObject(value)) return objectEntries(value).map(([key, entry]) => item(key, entry));
  throw operandError(position, 'one of {string, array, set, object}', typeName(value));
}

function containsMatches(args: readonly Value[]): Value {
  const outer = indexed(args, 1);
  const inner = indexed(args, 2);
  const found = new RegoSet();
  for (const [a, x] of outer) for (const [b, y] of inner) if (holds(x, y)) found.add([a, b]);
  return found;
}

/** The fewest networks that cover exactly the same addresses. */
function merge(args: readonly Value[]): Value {
  const ranges = elementsOperand(args, 1, 'one of {set, array}').map((element) => {
    if (typeof element !== 'string')
      throw new OperandError('operand 1 must be array of strings or set of strings');
    return rangeOf(element);
  });
  const merged = new RegoSet();
  for (const bits of [32, 128] as const) {
    const sorted = ranges
      .filter((range) => range.bits === bits)
      .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    const joined: { first: bigint; last: bigint }[] = [];
    for (const { first, last } of sorted) {
      const previous = joined.at(-1);
      if (previous !== undefined && first <= previous.last + 1n) {
        if (last > previous.last) previous.last = last;
      } else {
        joined.push({ first, last });
      }
    }
    for (const range of joined) for (const piece of cover(range, bits)) merged.add(networkText(piece));
  }
  return merged;
}

/** `10.0.0.0/8`, or an IPv4 address whose class tells its prefix. */
function rangeOf(text: string): { bits: 32 | 128; first: bigint; last: bigint } {
  if (text.includes('/')) {
    const parsed = network(text);
    return { bits: parsed.address.bits, first: firstAddress(parsed), last: lastAddress(parsed) };
  }
  const address = parseAddress(text);
  if (address === undefined) throw new BuiltinError(`invalid CIDR address: ${text}`);
  if (address.bits === 128) throw new BuiltinError('IPv6 invalid: needs prefix length');
  const top = Number(address.value >> 24n);
  const prefix = top < 128 ? 8 : top < 192 ? 16 : 24;
  const host = BigInt(32 - prefix);
  const first = (address.value >> host) << host;
  return { bits: 32, first, last: first | ((1n << host) - 1n) };
}

function cover({ first, last }: { first: bigint; last: bigint }, bits: 32 | 128): Network[] {
  const found: Network[] = [];
  for (let at = first; at <= last; ) {
    let host = 0;
    while (
      host < bits &&
      (at & ((1n << BigInt(host + 1)) - 1n)) === 0n &&
      at + (1n << BigInt(host + 1)) - 1n <= last
    )
      host += 1;
    found.push({ address: { bits, value: at }, prefix: bits - host });
    at += 1n << BigInt(host);
  }
  return found;
}

export const net: readonly Builtin[] = [
  define('net.cidr_contains', ['string', 'string'], 'boolean', (args) =>
    holds(network(stringOperand(args, 1)), networkOrAddress(stringOperand(args, 2))),
  ),
  define('net.cidr_contains_matches', ['any', 'any'], 'set', containsMatches),
  define('net.cidr_expand', ['string'], 'set', expand),
  define('net.cidr_intersects', ['string', 'string'], 'boolean', (args) =>
    intersects(network(stringOperand(args, 1)), network(stringOperand(args, 2))),
  ),
  define(
    'net.cidr_is_valid',
    ['any'],
    'boolean',
    ([text]) => typeof text === 'string' && parseNetwork(text) !== undefined,
  ),
  define('net.cidr_merge', [['array', 'set']], 'set', merge),
];
