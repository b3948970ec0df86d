import type { Value } from '../value/types.ts';
import { type Builtin, BuiltinError, define, stringOperand } from './builtin.ts';

interface Version {
  readonly core: readonly bigint[];
  readonly pre: readonly string[];
}

const number = '(0|[1-9]\\d*)';
const preId = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)';
const version = new RegExp(
  `^${number}\\.${number}\\.${number}(?:-(${preId}(?:\\.${preId})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

function parse(text: string): Version | undefined {
  const match = version.exec(text);
  if (match === null) return undefined;
  const core = [match[1], match[2], match[3]].map((part) => BigInt(part ?? 0));
  return { core, pre: match[4]?.split('.') ?? [] };
}

function operand(args: readonly Value[], position: number): Version {
  const text = stringOperand(args, position);
  const parsed = parse(text);
  if (parsed === undefined)
    throw new BuiltinError(`operand ${position}: string ${JSON.stringify(text)} is not a valid SemVer`);
  return parsed;
}

/** Precedence by semver.org, section 11. */
function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < 3; i += 1) {
    const x = a.core[i] ?? 0n;
    const y = b.core[i] ?? 0n;
    if (x !== y) return x < y ? -1 : 1;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  for (let i = 0; i < Math.min(a.pre.length, b.pre.length); i += 1) {
    const order = compareIds(a.pre[i] as string, b.pre[i] as string);
    if (order !== 0) return order;
  }
  return Math.sign(a.pre.length - b.pre.length);
}

function compareIds(a: string, b: string): number {
  const x = /^\d+$/.test(a) ? BigInt(a) : undefined;
  const y = /^\d+$/.test(b) ? BigInt(b) : undefined;
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  if (x !== undefined) return -1;
  if (y !== undefined) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

export const semver: readonly Builtin[] = [
  define(
    'semver.is_valid',
    ['any'],
    'boolean',
    ([text]) => typeof text === 'string' && parse(text) !== undefined,
  ),
  define('semver.compare', ['string', 'string'], 'number', (args) =>
    compareVersions(operand(args, 1), operand(args, 2)),
  ),
];
