import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compile, defineBuiltin, httpSend, lookupAddress, parseJson, regoText } from '../index.ts';
import { evaluationError, policy, value } from './support.ts';

/** The value of an expression. */
const of = (expression: string, input: unknown = {}): unknown =>
  value(`p := x if x := ${expression}`, 'p', { input, now: 0 });

describe('built-ins', () => {
  it.each([
    ['count("añ𐍈")', 3],
    ['sum([1, 0.5, {2}[_]])', 3.5],
    ['product([2, 3.5])', 7],
    ['[max([1, "a", 2]), min({3, 1})]', ['a', 1]],
    ['sort({"b", "a"})', ['a', 'b']],
    ['array.slice([1, 2, 3], -1, 2)', [1, 2]],
    ['array.flatten([1, [2, [3]]])', [1, 2, [3]]],
    ['intersection({{1, 2}, {2, 3}})', [2]],
    ['union({{1}, {2}})', [1, 2]],
    ['object.get({"a": {"b": 1}}, ["a", "b"], 0)', 1],
    ['object.get({"a": 1}, "x", 0)', 0],
    ['object.union({"a": {"b": 1}}, {"a": {"c": 2}})', { a: { b: 1, c: 2 } }],
    ['object.union_n([{"a": 1}, {"a": 2}])', { a: 2 }],
    ['object.filter({"a": 1, "b": 2}, ["a"])', { a: 1 }],
    ['object.remove({"a": 1, "b": 2}, {"a"})', { b: 2 }],
    ['object.keys({"a": 1})', ['a']],
    ['object.subset({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}})', true],
    ['object.subset([1, 2, 3], [2, 3])', true],
    ['[type_name({1}), is_set({1}), is_number(1.5)]', ['set', true, true]],
    ['to_number("1e3")', 1000],
    ['format_int(255, 16)', 'ff'],
    ['numbers.range(3, 1)', [3, 2, 1]],
    ['numbers.range_step(1, 10, 4)', [1, 5, 9]],
    [
      '[bits.and(6, 3), bits.or(6, 3), bits.xor(6, 3), bits.negate(0), bits.lsh(1, 70), bits.rsh(-5, 1)]',
      [2, 7, 5, -1, 2 ** 70, -3],
    ],
    ['[5 % 3, -5 % 3, 7 / 2, 6 / 3]', [2, -2, 3.5, 2]],
    ['[round(-2.5), ceil(1.1), floor(-1.1), abs(-3)]', [-3, 2, -2, 3]],
    ['concat("-", ["a", "b"])', 'a-b'],
    ['split("a..b", ".")', ['a', '', 'b']],
    ['substring("añ𐍈b", 1, 2)', 'ñ𐍈'],
    ['substring("abc", 1, -1)', 'bc'],
    ['indexof("añb", "b")', 2],
    ['indexof_n("banana", "an")', [1, 3]],
    ['replace("a.b.c", ".", "$&")', 'a$&b$&c'],
    ['strings.replace_n({"<": "&lt;", "&": "&amp;"}, "<a&b")', '&lt;a&amp;b'],
    [
      '[trim("..a..", "."), trim_left("..a", "."), trim_right("a..", "."), trim_space(" a\\n")]',
      ['a', 'a', 'a', 'a'],
    ],
    ['[trim_prefix("aab", "a"), trim_suffix("abb", "b")]', ['ab', 'ab']],
    ['strings.reverse("a𐍈")', '𐍈a'],
    ['strings.count("cheese", "e")', 3],
    ['strings.any_prefix_match(["abc", "x"], "ab")', true],
    [
      'sprintf("%s|%d|%5.2f|%v|%q|%x|%05d|%t|%%", ["a", 1, 1.5, [1], "q", 255, 42, true])',
      'a|1| 1.50|[1]|"q"|ff|00042|true|%',
    ],
    ['sprintf("%d", ["a"])', '%!d(string=a)'],
    ['sprintf("%d", [])', '%!d(MISSING)'],
    [
      'strings.render_template("{{range $i, $n := .ns}}{{if $i}},{{end}}{{$n}}{{end}}", {"ns": ["a", "b"]})',
      'a,b',
    ],
    ['regex.split("a+", "xaayaz")', ['x', 'y', 'z']],
    ['regex.replace("foobar", "(o+)(b)", "$2$1!")', 'fboo!ar'],
    ['regex.find_n("o.", "foobo", -1)', ['oo']],
    [
      'regex.find_all_string_submatch_n("a(x*)b", "-axxb-ab-", -1)',
      [
        ['axxb', 'xx'],
        ['ab', ''],
      ],
    ],
    ['regex.globs_match("a.a.[0-9]+z", ".b.b2359825792*594823z")', true],
    ['regex.globs_match("[a-z]+", "[0-9]*")', false],
    ['regex.globs_match("[a-c]+x", "b*c*x")', true],
    ['regex.template_match("urn:{[a-z]+}:x", "urn:abc:x", "{", "}")', true],
    ['glob.match("*.github.com", [], "api.github.com")', true],
    ['glob.match("*.github.com", [], "api.cdn.github.com")', false],
    ['glob.match("*hub.com", null, "api.cdn.github.com")', true],
    ['glob.match("{a,b[!c]}.txt", ["/"], "bd.txt")', true],
    ['glob.quote_meta("*.x")', '\\*.x'],
    ['json.filter({"a": {"b": 1, "c": 2}, "d": 3}, ["a/c"])', { a: { c: 2 } }],
    ['json.remove({"a": [1, 2]}, ["a/0"])', { a: [2] }],
    [
      'json.patch({"a": [1]}, [{"op": "add", "path": "a/-", "value": 2}, {"op": "test", "path": "/a/1", "value": 2}])',
      { a: [1, 2] },
    ],
    ['json.patch({"a": 1}, [{"op": "remove", "path": "/b"}])', undefined],
    ['json.marshal({"b": [1, {2}], 1: "<"})', '{"1":"\\u003c","b":[1,[2]]}'],
    ['json.marshal_with_options({"a": [1]}, {"indent": " "})', '{\n "a": [\n  1\n ]\n}'],
    ['json.unmarshal("{\\"a\\": 1.50}")', { a: 1.5 }],
    ['[json.is_valid("{"), yaml.is_valid("a: [")]', [false, false]],
    ['yaml.unmarshal("a: [1, true, x]\\nb: null")', { a: [1, true, 'x'], b: null }],
    ['yaml.marshal({"b": 1, "a": ["x"]})', 'a:\n- x\nb: 1\n'],
    ['[base64.encode("ä"), base64url.encode("??>"), base64url.encode_no_pad("a")]', ['w6Q=', 'Pz8-', 'YQ']],
    ['[base64.decode("w6Q="), base64url.decode("YQ"), base64.is_valid("!")]', ['ä', 'a', false]],
    ['[hex.encode("a"), hex.decode("61")]', ['61', 'a']],
    ['urlquery.encode_object({"a": ["1 2", "&"], "b": "c"})', 'a=1+2&a=%26&b=c'],
    ['urlquery.decode_object("a=1&a=2&b")', { a: ['1', '2'], b: [''] }],
    [
      '[crypto.md5("a"), crypto.sha1("a")]',
      ['0cc175b9c0f1b6a831c399e269772661', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
    ],
    [
      'crypto.hmac.sha256("message", "key")',
      '6e9ef29b75fffc5b7abae527d58fdadb2fe42e7219011976917343065f58ed4a',
    ],
    [
      '[semver.compare("1.0.0-rc.1", "1.0.0"), semver.compare("1.10.0", "1.9.0"), semver.is_valid("1.0")]',
      [-1, 1, false],
    ],
    [
      '[units.parse("10Ki"), units.parse("100m"), units.parse_bytes("1.5KB"), units.parse_bytes("1GiB")]',
      [10240, 0.1, 1500, 1073741824],
    ],
    ['time.parse_rfc3339_ns("2026-11-20T21:37:00.5+01:00")', 1795207020500000000],
    ['time.parse_ns("2006-01-02 15:04", "2026-11-20 21:37")', 1795210620000000000],
    ['time.parse_duration_ns("1h1m1.5s")', 3661500000000],
    ['time.date(0)', [1970, 1, 1]],
    ['time.clock([0, "America/New_York"])', [19, 0, 0]],
    ['time.weekday(0)', 'Thursday'],
    ['time.add_date(0, 1, 1, 30)', 36806400000000000],
    ['time.diff(0, 36806400000000000)', [1, 2, 2, 0, 0, 0]],
    ['time.format([0, "Europe/Berlin", "Mon Jan _2 15:04:05 -0700 2006"])', 'Thu Jan  1 01:00:00 +0100 1970'],
    ['net.cidr_contains("10.0.0.0/8", "10.1.2.0/24")', true],
    ['net.cidr_intersects("10.0.0.0/8", "192.168.0.0/16")', false],
    ['net.cidr_expand("192.168.0.0/30")', ['192.168.0.0', '192.168.0.1', '192.168.0.2', '192.168.0.3']],
    [
      'net.cidr_merge(["10.0.0.0/25", "10.0.0.128/25", "2001:db8::/33", "2001:db8:8000::/33"])',
      ['10.0.0.0/24', '2001:db8::/32'],
    ],
    ['net.cidr_contains_matches("10.0.0.0/8", ["10.1.0.0/16", "11.0.0.0/16"])', [['10.0.0.0/8', 0]]],
    ['graph.reachable({"a": ["b"], "b": ["a"], "c": []}, ["a"])', ['a', 'b']],
    [
      'graph.reachable_paths({"a": ["b", "c"], "b": ["c"], "c": []}, {"a"})',
      [
        ['a', 'b', 'c'],
        ['a', 'c'],
      ],
    ],
    ['[path | walk({"a": [1]}, [path, 1])]', [['a', 0]]],
    ['uuid.parse("123e4567-e89b-12d3-a456-426614174000").version', 1],
    ['json.match_schema({"id": "x"}, {"properties": {"id": {"type": "integer"}}})[0]', false],
    [
      'json.match_schema({"id": 1}, {"type": "object", "required": ["id"], "additionalProperties": false, "properties": {"id": {"minimum": 1}}})',
      [true, []],
    ],
    ['graphql.is_valid("{ a { b } }", "type Query { a: A } type A { b: Int }")', true],
    ['graphql.is_valid("{ a { c } }", "type Query { a: A } type A { b: Int }")', false],
    ['rego.parse_module("a.rego", "package a.b\\np := 1").package.path[2].value', 'b'],
  ])('%s', (expression, wanted) => {
    expect(of(expression)).toEqual(wanted);
  });

  it('keep one random value per key and evaluation, from the randomness of the caller', () => {
    const rules = policy(
      'p := [uuid.rfc4122("a") == uuid.rfc4122("a"), uuid.rfc4122("a") == uuid.rfc4122("b"), rand.intn("x", 10) < 10]',
    );
    let n = 0;
    const random = (): number => {
      n += 1;
      return (n % 97) / 97;
    };
    expect(rules.evaluate('test/p', { random })).toEqual([true, false, true]);
  });

  it('print through the caller, undefined operands too', () => {
    const lines: string[] = [];
    value('p if print("x", input.missing, {1})', 'p', {
      print: (text, where) => lines.push(`${where} ${text}`),
    });
    expect(lines).toEqual(['test.rego:2:6 x <undefined> {1}']);
  });

  it('can be added by the caller, and reach the network through the caller alone', () => {
    const builtins = [
      defineBuiltin('shop.double', ['number'], 'number', ([n]) => Number(n) * 2),
      httpSend((request) => ({ status_code: 200, body: request })),
      lookupAddress(() => ['192.0.2.1']),
    ];
    const source =
      'package a\np := [shop.double(2), http.send({"method": "get", "url": "https://x.test"}).body.url, net.lookup_ip_addr("x")]';
    expect(compile([{ file: 'a.rego', source }], { builtins }).evaluate('a/p')).toEqual([
      4,
      'https://x.test',
      ['192.0.2.1'],
    ]);
  });
});

describe('numbers', () => {
  it.each([
    ['9007199254740993 + 1', '9007199254740994'],
    ['1208925819614629174706175 * 2', '2417851639229258349412350'],
    ['0.1 + 0.2', '0.3'],
    ['1.0 == 1', 'true'],
    ['1e400 > 1e399', 'true'],
    ['1 / 3', '0.33333333333333333334'],
    ['12345678901234567890.5 - 0.5', '12345678901234567890'],
    ['count({1, 1.0, 1e0})', '1'],
  ])('keep their digits: %s', (expression, wanted) => {
    const result = policy(`p := ${expression}`).evaluateValue('test/p');
    expect(result === undefined ? 'undefined' : regoText(result)).toBe(wanted);
  });

  it('survive input and output documents', () => {
    const input = parseJson('{"id": 12345678901234567890, "price": 0.10000000000000000001}');
    const rules = policy('p := json.marshal(input)');
    expect(rules.evaluate('test/p', { input })).toBe(
      '{"id":12345678901234567890,"price":0.10000000000000000001}',
    );
  });
});

describe('JSON web tokens', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const token = (payload: object, header: object = { alg: 'ES256' }): string => {
    const text = `${encode(header)}.${encode(payload)}`;
    return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  const verify = (jwt: string, constraints: object): unknown =>
    of('io.jwt.decode_verify(input.jwt, input.constraints)[0]', {
      jwt,
      constraints: { cert, ...constraints },
    });

  it('are verified with issuer, audience and time', () => {
    const jwt = token({ iss: 'ci', aud: ['conductor'], exp: 2000, nbf: 1000 });
    const good = { iss: 'ci', aud: 'conductor', time: 1500e9 };
    expect(verify(jwt, good)).toBe(true);
    expect(verify(jwt, { ...good, iss: 'other' })).toBe(false);
    expect(verify(jwt, { ...good, aud: 'other' })).toBe(false);
    expect(verify(jwt, { iss: 'ci', time: 1500e9 })).toBe(false);
    expect(verify(jwt, { ...good, time: 2000e9 })).toBe(false);
    expect(verify(jwt, { ...good, time: 999e9 })).toBe(false);
    expect(verify(jwt, { ...good, alg: 'RS256' })).toBe(false);
  });

  it('are refused when the signature is wrong, missing, or made with the public key as a secret', () => {
    const jwt = token({ iss: 'ci' });
    const [header, payload] = jwt.split('.') as [string, string];
    expect(verify(`${header}.${encode({ iss: 'evil' })}.${jwt.split('.')[2]}`, {})).toBe(false);
    expect(verify(`${encode({ alg: 'none' })}.${payload}.`, {})).toBe(false);
    const forged = of('io.jwt.encode_sign({"alg": "HS256"}, {"iss": "ci"}, {"kty": "oct", "k": input.k})', {
      k: Buffer.from(cert).toString('base64url'),
    });
    expect(verify(String(forged), {})).toBe(false);
    expect(verify(token({ iss: 'ci' }, { alg: 'ES256', crit: ['exp'] }), {})).toBe(false);
  });

  it('are decoded without a judgement', () => {
    expect(of('io.jwt.decode(input)[1]', token({ a: 1 }))).toEqual({ a: 1 });
    expect(evaluationError('p := io.jwt.decode("x")', { strictBuiltinErrors: true }).detail).toBe(
      'io.jwt.decode: encoded JWT had no period separators',
    );
  });
});
