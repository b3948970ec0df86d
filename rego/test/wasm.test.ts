import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readWasmBundle, WasmPolicy } from '../index.ts';

/** Bytes of a number in LEB128. */
const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >> 7)]);
const text = (s: string): number[] => [...leb(s.length), ...Buffer.from(s)];
const section = (id: number, items: readonly (readonly number[])[]): number[] => {
  const body = [...leb(items.length), ...items.flat()];
  return [id, ...leb(body.length), ...body];
};
const constant = (n: number): number[] => [0x41, ...signed(n), 0x0b];
const signed = (n: number): number[] => (n < 64 ? [n] : [(n & 127) | 128, ...signed(n >> 7)]);
const I32 = 0x7f;

/**
 * A module with the interface that OPA's compiler gives a policy (ABI 1.2), assembled by hand: its entrypoint
 * answers `result`, whatever the input.
 */
function compiledPolicy(result: string): Uint8Array {
  const functions: readonly (readonly [name: string, operands: number, returns: number | undefined])[] = [
    ['opa_malloc', 1, 4096],
    ['opa_json_parse', 2, 16],
    ['opa_json_dump', 1, undefined],
    ['opa_heap_ptr_get', 0, 8192],
    ['builtins', 0, 16],
    ['entrypoints', 0, 32],
    ['opa_eval', 7, 128],
  ];
  const type = (operands: number): number[] => [
    0x60,
    operands,
    ...Array.from({ length: operands }, () => I32),
    1,
    I32,
  ];
  // opa_json_dump gives back the address it gets: values are kept as text here.
  const code = (returns: number | undefined): number[] => {
    const body = [0, ...(returns === undefined ? [0x20, 0, 0x0b] : constant(returns))];
    return [...leb(body.length), ...body];
  };
  const global = (n: number): number[] => [I32, 0, ...constant(n)];
  const data = (offset: number, content: string): number[] => [
    0,
    ...constant(offset),
    ...text(`${content}\0`),
  ];
  return new Uint8Array([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [...functions.map(([, operands]) => type(operands)), [0x60, 1, I32, 0]]),
    ...section(2, [[...text('env'), ...text('memory'), 2, 0, 1]]),
    ...section(3, [...functions.map((_function, i) => [i]), [functions.length]]),
    ...section(6, [global(1), global(2)]),
    ...section(7, [
      ...functions.map(([name], i) => [...text(name), 0, i]),
      [...text('opa_heap_ptr_set'), 0, functions.length],
      [...text('opa_wasm_abi_version'), 3, 0],
      [...text('opa_wasm_abi_minor_version'), 3, 1],
    ]),
    ...section(10, [...functions.map(([, , returns]) => code(returns)), [2, 0, 0x0b]]),
    ...section(11, [data(16, '{}'), data(32, '{"shop/allow": 0}'), data(128, result)]),
  ]);
}

const schema = z.boolean();

describe('a policy compiled to WebAssembly', () => {
  it('is evaluated by its entrypoints', async () => {
    const policy = await WasmPolicy.load(compiledPolicy('[{"result": true}]'), { data: { x: 1 } });
    expect(policy.entrypoints()).toEqual(['shop/allow']);
    expect(policy.evaluate('data.shop.allow', { user: 'ada' })).toBe(true);
    expect(policy.decide('shop/allow', {}, schema)).toEqual({ kind: 'decided', value: true });
  });

  it('never takes undefined or another shape for a permission', async () => {
    const empty = await WasmPolicy.load(compiledPolicy('[]'));
    expect(empty.decide('shop/allow', {}, schema)).toEqual({ kind: 'undefined' });
    const other = await WasmPolicy.load(compiledPolicy('[{"result": "yes"}]'));
    expect(other.decide('shop/allow', {}, schema).kind).toBe('invalid');
    const broken = await WasmPolicy.load(compiledPolicy('[{"res'));
    expect(broken.decide('shop/allow', {}, schema).kind).toBe('failed');
    expect(broken.decide('shop/deny', {}, schema).kind).toBe('failed');
  });

  it('is refused when it is none', async () => {
    await expect(WasmPolicy.load(new Uint8Array([1, 2, 3]))).rejects.toThrow(
      /not a policy compiled by opa build/,
    );
  });
});

/** A file of a tar: a header of one block, then whole blocks. */
const tarFile = (name: string, content: Uint8Array): Buffer => {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
};
const bundle = (...files: readonly Buffer[]): Buffer =>
  gzipSync(Buffer.concat([...files, Buffer.alloc(1024)]));

describe('a bundle of opa build', () => {
  it('is read: its module and its documents', async () => {
    const bytes = bundle(
      tarFile('/data.json', Buffer.from('{"x": 1}')),
      tarFile('/policy.wasm', compiledPolicy('[{"result": true}]')),
    );
    const { wasm, data } = readWasmBundle(bytes);
    expect(data).toEqual({ x: 1 });
    const policy = await WasmPolicy.load(wasm, { data });
    expect(policy.evaluate('shop/allow', {})).toBe(true);
  });

  it.each([
    [
      'without a module',
      bundle(tarFile('/data.json', Buffer.from('{}'))),
      /no policy\.wasm, only data\.json/,
    ],
    [
      'that is cut off',
      bundle(tarFile('/policy.wasm', Buffer.alloc(5000))).subarray(0, 40),
      /unexpected end of file/,
    ],
    [
      'with documents that are none',
      bundle(tarFile('policy.wasm', Buffer.from('x')), tarFile('data.json', Buffer.from('[]'))),
      /data\.json is no JSON object/,
    ],
    [
      'that is longer than it is',
      bundle(tarFile('policy.wasm', Buffer.from('x')).fill('7', 124, 135)),
      /damaged/,
    ],
  ])('%s is refused', (_name, bytes, message) => {
    expect(() => readWasmBundle(bytes)).toThrow(message);
  });
});
