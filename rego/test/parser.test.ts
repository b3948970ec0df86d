import { describe, expect, it } from 'vitest';
import { parseModule, RegoError } from '../index.ts';

function parseError(source: string): string {
  try {
    parseModule('f.rego', source);
  } catch (error) {
    if (error instanceof RegoError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('the parser', () => {
  it('reads a module with its package, imports, rules and comments', () => {
    const module = parseModule(
      'f.rego',
      'package a.b["c d"]\n\nimport data.x as y\n\n# hint\np := 1\n\nq contains 2 if true\n',
    );
    expect(module.package).toEqual(['a', 'b', 'c d']);
    expect(module.imports).toMatchObject([{ path: ['data', 'x'], alias: 'y' }]);
    expect(module.rules.map(({ kind }) => kind)).toEqual(['complete', 'set']);
    expect(module.comments).toMatchObject([{ text: '# hint', location: { row: 5, col: 1 } }]);
  });

  it('knows where everything stands', () => {
    const module = parseModule('f.rego', 'package p\n\nallow if {\n\tinput.x == 1\n\tf(2)\n}\n\nf(_) := 1\n');
    expect(module.rules[0]?.location).toEqual({ file: 'f.rego', row: 3, col: 1 });
    expect(module.rules[0]?.body.map(({ location }) => [location.row, location.col])).toEqual([
      [4, 2],
      [5, 2],
    ]);
  });

  it.each([
    ['package', 'f.rego:1:8: rego_parse_error: unexpected eof token: expected ident'],
    ['', 'f.rego:1:1: rego_parse_error: empty module'],
    ['p := 1', 'f.rego:1:1: rego_parse_error: unexpected identifier ("p") token: package expected'],
    ['package a\np := "x', 'f.rego:2:6: rego_parse_error: non-terminated string'],
    ['package a\np := `x', 'f.rego:2:6: rego_parse_error: non-terminated raw string'],
    ['package a\np := $"{1', 'f.rego:2:10: rego_parse_error: unexpected eof token: expected "}"'],
    ['package a\np := 01', 'f.rego:2:6: rego_parse_error: illegal number format'],
    [
      'package a\np := "\\x"',
      'f.rego:2:6: rego_parse_error: illegal string literal: invalid escape sequence',
    ],
    ['package a\np if { }', 'f.rego:2:8: rego_parse_error: found empty body'],
    [
      'package a\np if { a b }',
      'f.rego:2:10: rego_parse_error: unexpected identifier ("b") token: expected \\n or ; or }',
    ],
    [
      'package a\nimport foo.bar',
      'f.rego:2:8: rego_parse_error: unexpected import path, must begin with one of: {data, future, input, rego}, got: foo',
    ],
    ['package a\np := [1, 2', 'f.rego:2:11: rego_parse_error: unexpected eof token: expected "," or "]"'],
    [
      'package a\np := 1 q := 2',
      'f.rego:2:8: rego_parse_error: unexpected identifier ("q") token: expected \\n or ;',
    ],
    [
      'package a\np contains 1 if true else := 2',
      'f.rego:2:22: rego_parse_error: else keyword cannot be used on multi-value rules',
    ],
  ])('says what is wrong and where: %j', (source, message) => {
    expect(parseError(source)).toBe(message);
  });

  it.each([
    ['a body without if', 'package a\np { true }'],
    ['a set rule without contains', 'package a\np["x"] { true }'],
    ['a bare partial set rule', 'package a\np["x"]'],
    ['an else without if', 'package a\np if false else { true }'],
  ])('refuses Rego v0 and says how to convert it: %s', (_name, source) => {
    expect(parseError(source)).toContain('opa fmt --write --v0-v1');
  });

  it('refuses what nests without end, quickly', () => {
    for (const text of ['[', '{', '(', '{"a":', 'not ', '$"{', '[x |']) {
      expect(parseError(`package a\np := ${text.repeat(100_000)}`)).toMatch(/nested deeper|rego_parse_error/);
    }
  });
});

describe('metadata', () => {
  it('belongs to the statement that follows', () => {
    const { annotations } = parseModule(
      'f.rego',
      '# METADATA\n# title: All\n# authors:\n# - Jane <jane@example.com>\npackage a\n\n# METADATA\n# scope: document\n# custom:\n#   level: 3\np := 1\n',
    );
    expect(annotations).toMatchObject([
      {
        scope: 'package',
        targetRow: 5,
        content: { title: 'All', authors: [{ name: 'Jane', email: 'jane@example.com' }] },
      },
      { scope: 'document', targetRow: 11, content: { custom: { level: 3 } } },
    ]);
  });

  it.each([
    ['# METADATA\n# : [\npackage a', 'invalid metadata'],
    ['# METADATA\n# scope: world\npackage a', "invalid annotation scope 'world'"],
    ['# METADATA\n# scope: rule\npackage a', "annotation scope 'rule' must be applied to rule"],
    ['# METADATA\n# - 1\npackage a', 'expected a YAML mapping'],
  ])('is checked: %j', (source, message) => {
    expect(parseError(source)).toContain(message);
  });
});
