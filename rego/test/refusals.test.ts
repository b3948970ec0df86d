import { describe, expect, it } from 'vitest';
import { evaluationError, value } from './support.ts';

const header = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url');

describe("what built-ins refuse, in OPA's words", () => {
  it.each([
    ['regex.globs_match("pqrs]", "[a-b]+")', "pos:5, set-close ']' with no preceding '['"],
    ['yaml.unmarshal("[1,2,3")', 'yaml: line 1: did not find'],
    ['yaml.unmarshal("a: 1\\nb: [")', 'yaml: line 2: did not find'],
    [`io.jwt.decode("${header({ alg: 'HS256', enc: 'A128GCM' })}.e30.AA")`, 'JWT is a JWE object'],
    [
      'io.jwt.verify_rs256("e30.e30.AA", "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----")',
      'failed to parse a PEM certificate',
    ],
    ['graphql.parse_schema("directive @d on FIELD | NOWHERE")', 'Unexpected Name "NOWHERE"'],
    [
      'graphql.parse_schema("\\"\\"\\"never\\nends")',
      'Unexpected <Invalid> in GraphQL string at location 2:5',
    ],
  ])('%s', (expression, message) => {
    expect(evaluationError(`p := ${expression}`, { strictBuiltinErrors: true }).message).toContain(message);
  });

  it.each(['exp', 'nbf'])('a token whose %s is not a number', (claim) => {
    const source = `token := io.jwt.encode_sign({"alg": "HS256"}, {"${claim}": "soon"}, {"kty": "oct", "k": "c2VjcmV0"})
p := io.jwt.decode_verify(token, {"secret": "secret"})`;
    expect(evaluationError(source, { strictBuiltinErrors: true }).message).toContain(
      `${claim} value must be a number`,
    );
  });
});

describe('the paths of a graph', () => {
  it('end before what the walk behind the same first edge already left', () => {
    const graph =
      '{"a": ["b", "e"], "b": ["d"], "d": ["c"], "c": [""], "e": ["g", "f"], "f": ["n", "g"], "g": ["h"], "h": ["c"], "n": [""]}';
    expect(value(`p := graph.reachable_paths(${graph}, {"a"})`, 'p')).toEqual([
      ['a', 'b', 'd', 'c'],
      ['a', 'e', 'f'],
      ['a', 'e', 'f', 'n'],
      ['a', 'e', 'g', 'h', 'c'],
    ]);
  });

  it('may lead back to where they began', () => {
    expect(value('p := graph.reachable_paths({"a": {"a"}, "b": []}, {"a", "b", "x"})', 'p')).toEqual([
      ['a'],
      ['b'],
    ]);
  });
});
