import { statementType, zipName } from './statement.ts';
import type { VerificationReport } from './verification.ts';

export const vsaType = 'https://slsa.dev/verification_summary/v1';

/** What the summary claims on a pass: SLSA leaves names of other schemes to the verifier. */
export const verifiedLevel = 'RELEASE_CONDUCTOR_EVIDENCE_V1';

/**
 * A SLSA Verification Summary Attestation (slsa.dev/spec/v1.0/verification_summary) of a verification: an in-toto
 * statement over the zip and the commit. It is not signed here: whoever vouches for it signs it.
 *
 * @param verifier URI of who verified. @param at ms since the epoch.
 */
export function makeVsa(
  report: VerificationReport,
  bundleSha256: string | null,
  verifier: string,
  at: number,
): Record<string, unknown> {
  const { manifest, zipSha256, ok } = report;
  const subject = manifest?.subject;
  const resource =
    subject === undefined
      ? `urn:sha256:${zipSha256}`
      : `git+https://github.com/${subject.repository}@refs/tags/${subject.tag}`;
  return {
    _type: statementType,
    subject: [
      { name: zipName, digest: { sha256: zipSha256 } },
      ...(ok && subject !== undefined ? [{ name: resource, digest: { gitCommit: subject.commit } }] : []),
    ],
    predicateType: vsaType,
    predicate: {
      verifier: { id: verifier },
      timeVerified: new Date(at).toISOString(),
      resourceUri: resource,
      policy: {
        uri: `${resource}#.github/release-conductor.yml`,
        ...(manifest === null ? {} : { digest: { sha256: manifest.config_sha256 } }),
      },
      inputAttestations:
        bundleSha256 === null ? [] : [{ uri: `${zipName}.sigstore.json`, digest: { sha256: bundleSha256 } }],
      verificationResult: ok ? 'PASSED' : 'FAILED',
      verifiedLevels: ok ? [verifiedLevel] : [],
      slsaVersion: '1.0',
    },
  };
}
