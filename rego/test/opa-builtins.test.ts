import { generateKeyPairSync } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { describe, expect, it } from 'vitest';
import { pureBuiltins } from '../builtins/registry.ts';
import { compile, type RegoErrors } from '../index.ts';
import { evaluationError, value } from './support.ts';

/** Every built-in that OPA 1.20.2 lists in its capabilities. */
const opa = `
  abs all and any array.concat array.flatten array.reverse array.slice assign base64.decode base64.encode
  base64.is_valid base64url.decode base64url.encode base64url.encode_no_pad bits.and bits.lsh bits.negate bits.or
  bits.rsh bits.xor cast_array cast_boolean cast_null cast_object cast_set cast_string ceil concat contains count
  crypto.hmac.equal crypto.hmac.md5 crypto.hmac.sha1 crypto.hmac.sha256 crypto.hmac.sha512 crypto.md5
  crypto.parse_private_keys crypto.sha1 crypto.sha256 crypto.x509.parse_and_verify_certificates
  crypto.x509.parse_and_verify_certificates_with_options crypto.x509.parse_certificate_request
  crypto.x509.parse_certificates crypto.x509.parse_keypair crypto.x509.parse_rsa_private_key div endswith eq equal
  floor format_int glob.match glob.quote_meta graph.reachable graph.reachable_paths graphql.is_valid graphql.parse
  graphql.parse_and_verify graphql.parse_query graphql.parse_schema graphql.schema_is_valid gt gte hex.decode
  hex.encode http.send indexof indexof_n internal.member_2 internal.member_3 internal.print
  internal.template_string internal.test_case intersection io.jwt.decode io.jwt.decode_verify io.jwt.encode_sign
  io.jwt.encode_sign_raw io.jwt.verify_eddsa io.jwt.verify_es256 io.jwt.verify_es384 io.jwt.verify_es512
  io.jwt.verify_hs256 io.jwt.verify_hs384 io.jwt.verify_hs512 io.jwt.verify_ps256 io.jwt.verify_ps384
  io.jwt.verify_ps512 io.jwt.verify_rs256 io.jwt.verify_rs384 io.jwt.verify_rs512 is_array is_boolean is_null
  is_number is_object is_set is_string json.filter json.is_valid json.marshal json.marshal_with_options
  json.match_schema json.patch json.remove json.unmarshal json.verify_schema lower lt lte max min minus mul neq
  net.cidr_contains net.cidr_contains_matches net.cidr_expand net.cidr_intersects net.cidr_is_valid net.cidr_merge
  net.cidr_overlap net.lookup_ip_addr numbers.range numbers.range_step object.filter object.get object.keys
  object.remove object.subset object.union object.union_n opa.runtime or plus print product
  providers.aws.sign_req rand.intn re_match regex.find_all_string_submatch_n regex.find_n regex.globs_match
  regex.is_valid regex.match regex.replace regex.split regex.template_match rego.metadata.chain rego.metadata.rule
  rego.parse_module rem replace round semver.compare semver.is_valid set_diff sort split sprintf startswith
  strings.any_prefix_match strings.any_suffix_match strings.count strings.render_template strings.replace_n
  strings.reverse strings.split_n substring sum time.add_date time.clock time.date time.diff time.format
  time.now_ns time.parse_duration_ns time.parse_ns time.parse_rfc3339_ns time.weekday to_number trace trim
  trim_left trim_prefix trim_right trim_space trim_suffix type_name union units.parse units.parse_bytes upper
  uri.is_valid uri.parse urlquery.decode urlquery.decode_object urlquery.encode urlquery.encode_object uuid.parse
  uuid.rfc4122 walk yaml.is_valid yaml.marshal yaml.unmarshal`.match(/\S+/g) as readonly string[];

const offered: ReadonlySet<string> = new Set(pureBuiltins.map(({ name }) => name));

function refusal(name: string): string | undefined {
  try {
    compile([{ file: 'test.rego', source: `package test\n\np := ${name}(1, 2, 3, 4)` }]);
    return undefined;
  } catch (error) {
    return (error as RegoErrors).errors[0]?.detail;
  }
}

describe('the built-ins of OPA', () => {
  it('are all here, or refused by name with the reason', () => {
    const others = opa.filter((name) => !offered.has(name));
    expect(others.filter((name) => !/^deprecated |\(.+\)$/.test(refusal(name) ?? ''))).toEqual([]);
    expect(others).toHaveLength(18);
  });

  it('are the only ones here', () => {
    expect([...offered].filter((name) => !opa.includes(name))).toEqual([]);
  });

  it.each([
    [
      'http.send',
      /^undefined function http\.send \(it needs the network: give compile\(\) an implementation/,
    ],
    ['re_match', /^deprecated built-in function calls in expression: re_match$/],
    ['internal.print', /call print\)$/],
  ])('%s is refused when a policy is compiled', (name, message) => {
    expect(refusal(name)).toMatch(message);
  });
});

const of = (expression: string, input: unknown = {}): unknown =>
  value(`p := x if x := ${expression}`, 'p', { input, now: Date.parse('2026-11-21') });

describe('providers.aws.sign_req', () => {
  const config = `{
    "aws_access_key": "AKIDEXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "aws_service": "s3",
    "aws_region": "eu-central-1",
  }`;
  const at = '1451311705000000000';

  it('signs as other implementations of Signature Version 4 do', async () => {
    const url = 'https://bucket.s3.amazonaws.com/a/b.txt?versionId=3';
    const client = new AwsClient({
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    });
    const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const signed = await client.sign(url, {
      headers: { 'x-amz-content-sha256': emptyHash },
      aws: { datetime: '20151228T140825Z', service: 's3', region: 'eu-central-1' },
    });
    const ours = of(`providers.aws.sign_req({"method": "GET", "url": input}, ${config}, ${at}).headers`, url);
    const signature = (text: unknown): string => String(text).replace(/.*Signature=/, '');
    const { Authorization } = ours as { readonly Authorization: string };
    expect(signature(Authorization)).toBe(signature(signed.headers.get('authorization')));
  });

  it.each([
    ['no URL', '{"method": "GET"}', /operand 1 missing required request parameters\(s\): \{"url"\}/],
    ['another type', '{"method": 1, "url": "http://x"}', /operand 1 invalid values .*\{"method"\}/],
    [
      'something unknown',
      '{"method": "GET", "url": "http://x", "verb": 1}',
      /operand 1 invalid request parameters/,
    ],
    ['no URL at all', '{"method": "GET", "url": "x"}', /invalid URL/],
  ])('refuses a request with %s', (_name, request, message) => {
    const source = `p := providers.aws.sign_req(${request}, ${config}, ${at})`;
    expect(evaluationError(source, { strictBuiltinErrors: true }).message).toMatch(message);
  });
});

describe('uri.parse', () => {
  it.each([
    [
      'HTTPS://ada@Example.com:8080/a%20b/c%2Fd?q=1&r#top%21',
      {
        scheme: 'https',
        hostname: 'Example.com',
        port: '8080',
        path: '/a b/c/d',
        raw_path: '/a%20b/c%2Fd',
        raw_query: 'q=1&r',
        fragment: 'top!',
      },
    ],
    ['/a%20b', { path: '/a b', raw_path: '/a b' }],
    ['http://[::1]:80/', { scheme: 'http', hostname: '::1', port: '80', path: '/', raw_path: '/' }],
    ['mailto:ada@example.com', { scheme: 'mailto' }],
    ['', {}],
  ])('takes %s apart', (text, parts) => {
    expect(of('uri.parse(input)', text)).toEqual(parts);
  });

  it.each(['http://[invalid', 'a b:c', ':x', 'http://a b/', '/%zz', 'http://x:port/', 'a\u0001b', ''])(
    'knows that %j is no URI',
    (text) => {
      expect(of('uri.is_valid(input)', text)).toBe(false);
    },
  );
});

describe('strings.split_n', () => {
  it.each([
    [2, ['a', 'b']],
    [-2, ['b', 'c']],
    [9, ['a', 'b', 'c']],
    [-9, ['a', 'b', 'c']],
    [0, []],
  ])('gives %d fields', (n, fields) => {
    expect(of('strings.split_n("a/b/c", "/", input)', n)).toEqual(fields);
  });
});

describe('crypto.parse_private_keys', () => {
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const ed = generateKeyPairSync('ed25519').privateKey;

  it('shows every key of a text with the numbers it is made of', () => {
    const text = [rsa, ec, ed].map((key) => key.export(pem)).join('\n');
    expect(
      of(
        '[[object.keys(k) | some k in keys; is_object(k)] | keys := crypto.parse_private_keys(input)][0]',
        text,
      ),
    ).toEqual([
      ['D', 'E', 'N', 'Precomputed', 'Primes'],
      ['Curve', 'D', 'X', 'Y'],
    ]);
    expect(of('crypto.parse_private_keys(input)[0].E', text)).toBe(65537);
    expect(of('count(base64.decode(crypto.parse_private_keys(input)[2])) > 0', text)).toBe(true);
  });

  it.each([
    ['an empty text', '', null],
    ['a text without keys', 'nothing', []],
  ])('gives of %s what OPA gives', (_name, text, keys) => {
    expect(of('crypto.parse_private_keys(input)', text)).toEqual(keys);
  });
});
