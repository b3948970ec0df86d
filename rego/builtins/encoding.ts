import { parseDocument, stringify, type YAMLError } from 'yaml';
import { RegoObject } from '../value/collections.ts';
import { compareStrings, typeName } from '../value/compare.ts';
import { remaining } from '../value/fuel.ts';
import { fromJson, jsonText, parseJson, toJson } from '../value/json.ts';
import { objectEntries, objectGet, objectKeys } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import {
  type Builtin,
  BuiltinError,
  define,
  elementsOf,
  OperandError,
  objectOperand,
  operandError,
  stringOperand,
} from './builtin.ts';

const fromText = (name: string, decode: (text: string) => Value): Builtin =>
  define(name, ['string'], 'any', (args, { budget }) => {
    const text = stringOperand(args, 1);
    budget.charge(text.length);
    return decode(text);
  });

const succeeds = (decode: () => unknown): boolean => {
  try {
    decode();
    return true;
  } catch (error) {
    if (error instanceof BuiltinError || error instanceof SyntaxError) return false;
    throw error;
  }
};

const isValid = (name: string, decode: (text: string) => unknown): Builtin =>
  define(name, ['any'], 'boolean', ([text]) => typeof text === 'string' && succeeds(() => decode(text)));

function unmarshal(text: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    throw new BuiltinError((error as Error).message);
  }
}

function marshalWithOptions(args: readonly Value[]): Value {
  const options = objectOperand(args, 2);
  for (const key of objectKeys(options)) {
    if (key !== 'pretty' && key !== 'indent' && key !== 'prefix') {
      throw new OperandError(`operand 2 object contained unknown key ${jsonText(key)}`);
    }
  }
  const indent = objectGet(options, 'indent') ?? '\t';
  const prefix = objectGet(options, 'prefix') ?? '';
  if (typeof indent !== 'string') throw new OperandError(`operand 2 key "indent" failed cast to string`);
  if (typeof prefix !== 'string') throw new OperandError(`operand 2 key "prefix" failed cast to string`);
  const pretty = objectGet(options, 'pretty') ?? objectKeys(options).length > 0;
  if (typeof pretty !== 'boolean') throw new OperandError(`operand 2 key "pretty" failed cast to bool`);
  const value = args[0] as Value;
  return pretty ? prefix + prettyJson(value, prefix, indent, '') : jsonText(value, true);
}

/** Like Go's json.MarshalIndent: a prefix and an indent on every line but the first. */
function prettyJson(value: Value, prefix: string, indent: string, current: string): string {
  const inner = current + indent;
  const lines = (open: string, close: string, parts: readonly string[]): string =>
    parts.length === 0
      ? open + close
      : `${open}\n${parts.map((part) => prefix + inner + part).join(',\n')}\n${prefix}${current}${close}`;
  const items = elementsOf(value);
  if (items !== undefined) {
    return lines(
      '[',
      ']',
      items.map((item) => prettyJson(item, prefix, indent, inner)),
    );
  }
  if (typeName(value) !== 'object') return jsonText(value, true);
  const parts = objectEntries(value as RegoObject).map(([key, item]) => {
    const name = typeof key === 'string' ? key : jsonText(key);
    return `${jsonText(name, true)}: ${prettyJson(item, prefix, indent, inner)}`;
  });
  return lines('{', '}', parts);
}

/** What is wrong, without the place; what is missing at the end is said in OPA's words. */
function yamlProblem({ code, message }: YAMLError): string {
  const said = (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
  return code === 'BAD_INDENT' || / must end with /.test(said)
    ? `did not find what was expected: ${said}`
    : said;
}

/** YAML to a value; anchors cannot multiply what a document holds. */
function parseYaml(text: string): Value {
  const document = parseDocument(text, {
    uniqueKeys: true,
    schema: 'core',
    version: '1.1' as never,
    intAsBigInt: true,
  });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line ?? 1;
    throw new BuiltinError(`yaml: line ${line}: ${yamlProblem(problem)}`);
  }
  try {
    return fromJson(plainNumbers(document.toJS({ maxAliasCount: 100 })));
  } catch (error) {
    throw new BuiltinError(`yaml: ${(error as Error).message}`);
  }
}

/** Integers that fit are numbers again; dates become text. */
function plainNumbers(node: unknown): unknown {
  if (typeof node === 'bigint')
    return Number.isSafeInteger(Number(node)) ? Number(node) : (parseJson(String(node)) as unknown);
  if (node instanceof Date) return node.toISOString();
  if (Array.isArray(node)) return node.map(plainNumbers);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, plainNumbers(value)]));
}

const base64Text = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Standard base64 to bytes; says at which byte it is not base64, as Go does. */
export function decodeBase64(text: string): Buffer {
  const clean = text.replace(/[\r\n]/g, '');
  if (!base64Text.test(clean))
    throw new BuiltinError(`illegal base64 data at input byte ${firstBad(clean, /[A-Za-z0-9+/]/)}`);
  return Buffer.from(clean, 'base64');
}

/** base64url, with or without padding. */
export function decodeBase64Url(text: string): Buffer {
  const body = text.replace(/=+$/, '');
  const wrong =
    /[^A-Za-z0-9_-]/.test(body) ||
    body.length % 4 === 1 ||
    (body.length !== text.length && text.length % 4 !== 0);
  if (wrong) throw new BuiltinError(`illegal base64 data at input byte ${firstBad(body, /[A-Za-z0-9_-]/)}`);
  return Buffer.from(body, 'base64url');
}

function firstBad(text: string, good: RegExp): number {
  for (let i = 0; i < text.length; i += 1) if (!good.test(text[i] as string)) return i;
  return Math.max(
    0,
    text.length -
      (text.length % 4 === 0 ? 0 : text.length % 4) +
      (text.length % 4 === 1 ? 1 : text.length % 4),
  );
}

const utf8 = (bytes: Buffer): string => bytes.toString('utf8');

function decodeHex(text: string): Value {
  const bad = /[^0-9a-fA-F]/.exec(text);
  if (bad !== null)
    throw new BuiltinError(
      `encoding/hex: invalid byte: U+${bad[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} '${bad[0]}'`,
    );
  if (text.length % 2 === 1) throw new BuiltinError('encoding/hex: odd length hex string');
  return Buffer.from(text, 'hex').toString('utf8');
}

/** Go's url.QueryEscape. */
export function queryEscape(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');
}

function queryUnescape(text: string): string {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text);
  if (bad !== null) throw new BuiltinError(`invalid URL escape ${JSON.stringify(bad[0])}`);
  const bytes: number[] = [];
  const plain = Buffer.from(text.replace(/\+/g, ' '), 'utf8');
  for (let i = 0; i < plain.length; i += 1) {
    if (plain[i] !== 0x25) {
      bytes.push(plain[i] as number);
      continue;
    }
    bytes.push(Number.parseInt(plain.toString('latin1', i + 1, i + 3), 16));
    i += 2;
  }
  return Buffer.from(bytes).toString('utf8');
}

function encodeObject(args: readonly Value[]): Value {
  const pairs: [string, string][] = [];
  for (const [key, value] of objectEntries(objectOperand(args, 1))) {
    if (typeof key !== 'string') throw operandError(1, 'object with string keys', typeName(key));
    const values = typeof value === 'string' ? [value] : elementsOf(value);
    if (values === undefined) throw operandError(1, 'one of {string, set, array}', typeName(value));
    for (const item of values) {
      if (typeof item !== 'string') throw operandError(1, 'string', typeName(item));
      pairs.push([key, item]);
    }
  }
  pairs.sort(([a], [b]) => compareStrings(a, b));
  return pairs.map(([key, value]) => `${queryEscape(key)}=${queryEscape(value)}`).join('&');
}

function decodeObject(text: string): Value {
  const values = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const key = queryUnescape(at === -1 ? pair : pair.slice(0, at));
    const value = at === -1 ? '' : queryUnescape(pair.slice(at + 1));
    const earlier = values.get(key);
    if (earlier === undefined) values.set(key, [value]);
    else earlier.push(value);
  }
  return RegoObject.of(values);
}

/** What a node of a YAML document takes, in values. */
const YAML_NODE = 20;

export const encodings: readonly Builtin[] = [
  define('json.marshal', ['any'], 'string', ([value], { budget }) => {
    const text = jsonText(value as Value, true);
    budget.charge(text.length);
    return text;
  }),
  define('json.marshal_with_options', ['any', 'object'], 'string', marshalWithOptions),
  fromText('json.unmarshal', unmarshal),
  isValid('json.is_valid', parseJson),
  define('yaml.marshal', ['any'], 'string', ([value], { budget }) => {
    const before = remaining();
    const plain = toJson(value as Value);
    // The writer makes a tree of its own, far larger than the value.
    budget.charge((before - remaining() || 0) * YAML_NODE);
    const text = stringify(plain, {
      version: '1.1',
      sortMapEntries: true,
      lineWidth: 0,
      indentSeq: false,
    });
    budget.charge(text.length);
    return text;
  }),
  fromText('yaml.unmarshal', parseYaml),
  isValid('yaml.is_valid', parseYaml),
  fromText('base64.encode', (text) => Buffer.from(text, 'utf8').toString('base64')),
  fromText('base64.decode', (text) => utf8(decodeBase64(text))),
  isValid('base64.is_valid', decodeBase64),
  fromText('base64url.encode', (text) => {
    const body = Buffer.from(text, 'utf8').toString('base64url');
    return body.padEnd(Math.ceil(body.length / 4) * 4, '=');
  }),
  fromText('base64url.encode_no_pad', (text) => Buffer.from(text, 'utf8').toString('base64url')),
  fromText('base64url.decode', (text) => utf8(decodeBase64Url(text))),
  fromText('hex.encode', (text) => Buffer.from(text, 'utf8').toString('hex')),
  fromText('hex.decode', decodeHex),
  fromText('urlquery.encode', queryEscape),
  fromText('urlquery.decode', queryUnescape),
  define('urlquery.encode_object', ['object'], 'string', encodeObject),
  fromText('urlquery.decode_object', decodeObject),
];
