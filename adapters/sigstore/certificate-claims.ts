import type { X509Certificate } from '@sigstore/core';
import type { CertificateClaims } from '../../core/ports/attestations.ts';

const fulcio = '1.3.6.1.4.1.57264.1';

/** Extensions whose value is a DER UTF8String, in Fulcio's documentation (docs/oid-info.md), by our name. */
const encoded = { workflow: 18, runner: 11, repository: 12, ref: 14, commit: 13, run: 21 } as const;
/** Their predecessors of 2022, whose value is the bare text. */
const bare = { repository: 5, ref: 6, commit: 3 } as const;

/** What the certificate says of the run it was issued to; only what is well formed. */
export function claimsOf(certificate: X509Certificate): CertificateClaims {
  const claims: Record<string, string> = {};
  for (const [name, number] of Object.entries(bare)) {
    const text = certificate.extension(`${fulcio}.${number}`)?.value.toString('utf8');
    if (text) claims[name] = name === 'repository' ? `https://github.com/${text}` : text;
  }
  for (const [name, number] of Object.entries(encoded)) {
    const text = certificate.extension(`${fulcio}.${number}`)?.valueObj.subs[0]?.value.toString('utf8');
    if (text) claims[name] = text;
  }
  return claims;
}

/** The issuer of the identity: the encoded extension, else its predecessor. Null when neither is there. */
export function issuerOf(certificate: X509Certificate): string | null {
  const encodedIssuer = certificate.extension(`${fulcio}.8`);
  if (encodedIssuer !== undefined) return encodedIssuer.valueObj.subs[0]?.value.toString('utf8') || null;
  return certificate.extension(`${fulcio}.1`)?.value.toString('utf8') || null;
}

/** The one subject alternative name. Two would leave it to the reader whose signature this is: null. */
export function identityOf(certificate: X509Certificate): string | null {
  const names = certificate.extension('2.5.29.17')?.valueObj.subs[0]?.subs ?? [];
  return names.length === 1 ? (certificate.subjectAltName ?? null) : null;
}
