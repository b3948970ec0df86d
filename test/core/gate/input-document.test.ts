import { describe, expect, it } from 'vitest';
import { parseInput } from '../../../core/gate/input-document.ts';
import fc from '../../support/fast-check.ts';

const read = (path: string, text: string | Uint8Array) => parseInput(path, Buffer.from(text));

describe('a document for the policies', () => {
  it.each([
    ['facts.yaml', 'ok: true\n---\nok: false\n', '2 documents'],
    ['facts.yaml', '', 'empty'],
    ['facts.yml', '# nothing\n', 'empty'],
    ['facts.json', ' \n', 'empty'],
    ['facts.yaml', 'ok: true\nok: false\n', 'unique'],
    ['facts.json', '{"ok":false,"ok":true}', '"ok" is given twice'],
    ['facts.json', '{"a":[{"b":"}"},{"\\u0062":1,"c":{},"b" : 2}]}', '"b" is given twice'],
    ['facts.yaml', 'x: &x\n  y: *x\n', 'itself'],
    ['facts.json', '{"ok":', 'JSON'],
    ['facts.json', Buffer.from([0x22, 0xff, 0x22]), 'UTF-8'],
  ])('in %s is refused as %j', (path, text, problem) => {
    expect(read(path, text)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  it.each([
    ['facts.yaml', '---\na: &x true\nok: *x\n', { a: true, ok: true }],
    ['facts.YML', 'ok: true', { ok: true }],
    ['facts.json', '\uFEFF{"ok":true}', { ok: true }],
    ['facts.json', '{"a":{"b":1},"b":{"a":2}}', { a: { b: 1 }, b: { a: 2 } }],
  ])('in %s is read: %j', (path, text, value) => {
    expect(read(path, text)).toEqual({ ok: true, value });
  });

  it('is the value that was written, whatever it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value, null, 1);
        expect(read('facts.json', text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });
});
