import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { evaluationError, value } from './support.ts';

/** Self-signed, for shop.example, with a DNS name, a URI and an address; valid from November 2026 to 2126. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIB8jCCAZigAwIBAgIUA6P7o5i3wamjyAJeNk++FI7NC5IwCgYIKoZIzj0EAwIw
MzELMAkGA1UEBhMCREUxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDHNob3AuZXhh
bXBsZTAgFw0yNjExMjAyMzIyNTFaGA8yMTI2MTAyNzIzMjI1MVowMzELMAkGA1UE
BhMCREUxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDHNob3AuZXhhbXBsZTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABBEShVsnjOlb/W8fhRh5Q+r5qRgncYFT9a+P
VJkG5Yy1v/V1hadZSwNqeMZJfpYva7mJARp8dtVpJz/C5aTZyGyjgYcwgYQwHQYD
VR0OBBYEFPuVPXcmtAqGSLnwSRvuK9mAlwfBMB8GA1UdIwQYMBaAFPuVPXcmtAqG
SLnwSRvuK9mAlwfBMA8GA1UdEwEB/wQFMAMBAf8wMQYDVR0RBCowKIIMc2hvcC5l
eGFtcGxlhhJzcGlmZmU6Ly9hY21lL3Nob3CHBMAAAgcwCgYIKoZIzj0EAwIDSAAw
RQIhANZeftpQiPuaN5MA1vxUaCiFU2pIF6ObiAUTBDUw1FYQAiBJXwCgqhJ1kCIT
iQPueVwY+C5AHP6+wvI1Aa6sFy9eqA==
-----END CERTIFICATE-----
`;

/** A signing request for csr.example. */
const request = `-----BEGIN CERTIFICATE REQUEST-----
MIHfMIGHAgEAMCUxDTALBgNVBAoMBEFjbWUxFDASBgNVBAMMC2Nzci5leGFtcGxl
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEERKFWyeM6Vv9bx+FGHlD6vmpGCdx
gVP1r49UmQbljLW/9XWFp1lLA2p4xkl+li9ruYkBGnx21WknP8LlpNnIbKAAMAoG
CCqGSM49BAMCA0cAMEQCIH91q4az1/zOg8NX9Wfu13oiB/6M/o37hgpeYIDHfmOM
AiAEncTJWQPWenoAmKV8l2qwgLMWbVwA3JigahA1usFHaA==
-----END CERTIFICATE REQUEST-----
`;

const of = (expression: string, input: unknown, options: { now?: number } = {}): unknown =>
  value(`p := x if x := ${expression}`, 'p', { input, ...options });
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('certificates', () => {
  const der = certificate.replace(/-----[A-Z ]+-----|\s/g, '');

  it.each([
    ['PEM', certificate],
    ['base64 of PEM', base64(certificate)],
    ['base64 of DER', der],
  ])('are read from %s', (_name, text) => {
    expect(of('crypto.x509.parse_certificates(input)', text)).toMatchObject([
      {
        Version: 3,
        Subject: { CommonName: 'shop.example', Organization: ['Acme'], Country: ['DE'], Locality: null },
        NotBefore: '2026-11-20T23:22:51Z',
        NotAfter: '2126-10-27T23:22:51Z',
        IsCA: true,
        DNSNames: ['shop.example'],
        URIStrings: ['spiffe://acme/shop'],
        IPAddresses: ['192.0.2.7'],
        EmailAddresses: null,
      },
    ]);
  });

  it('are verified along their chain, at the clock of the evaluation', () => {
    const chain = 'crypto.x509.parse_and_verify_certificates(concat("", [input, input]))[0]';
    expect(of(chain, certificate, { now: Date.parse('2030-01-01') })).toBe(true);
    expect(of(chain, certificate, { now: Date.parse('2020-01-01') })).toBe(false);
    expect(of('crypto.x509.parse_and_verify_certificates(input)[0]', certificate)).toBe(false);
    expect(of('crypto.x509.parse_and_verify_certificates("nonsense")[0]', certificate)).toBe(false);
  });

  it('do not pair with the key of another', () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    expect(
      of('crypto.x509.parse_keypair(input.cert, input.key)', { cert: certificate, key }),
    ).toBeUndefined();
  });

  it('can be requested', () => {
    expect(of('crypto.x509.parse_certificate_request(input).Subject.CommonName', request)).toBe(
      'csr.example',
    );
  });

  it.each([
    ['foobar', 'illegal base64'],
    ['YmFkc3RyaW5n', 'x509: malformed certificate'],
    ['MIID', 'x509: malformed certificate'],
    ['MIQAAAAA', 'x509: malformed certificate'],
  ])('are refused when they are none: %s', (text, detail) => {
    const source = `p := crypto.x509.parse_certificates("${text}")`;
    expect(evaluationError(source, { strictBuiltinErrors: true }).detail).toContain(detail);
  });
});
