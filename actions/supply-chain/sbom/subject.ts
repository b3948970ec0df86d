import type { Finding } from '../../../core/gate/result.ts';
import type { Sbom } from './model.ts';

/** Something that will be deployed: its name for people and its digests, as `sha256:…`. */
export interface Deployed {
  readonly name: string;
  readonly digests: readonly string[];
}

/**
 * Holds the SBOMs against the digests that will be deployed. A document that names the digest of another build is an
 * error; one that names none describes sources rather than the artifact, which `level` judges.
 */
export function subjectFindings(
  sboms: readonly Sbom[],
  deployed: readonly Deployed[],
  level: Finding['level'],
): Finding[] {
  if (deployed.length === 0 || sboms.length === 0) return [];
  const expected = new Set(deployed.flatMap(({ digests }) => digests));
  const foreign = sboms.filter(
    ({ subjects }) => subjects.length > 0 && !subjects.some((digest) => expected.has(digest)),
  );
  const described = new Set(sboms.flatMap(({ subjects }) => subjects));
  const bare = deployed.filter(({ digests }) => !digests.some((digest) => described.has(digest)));
  return [
    ...foreign.map(
      (sbom): Finding => ({
        code: 'sbom-other-artifact',
        level: 'error',
        message: `The SBOM describes ${sbom.subjects[0]}, which is not what will be deployed (${[...expected][0]}).`,
        help: 'Make the SBOM from the artifact that is released, after it is built.',
        path: sbom.path,
      }),
    ),
    ...(foreign.length > 0 ? [] : bare).map(
      ({ name }): Finding => ({
        code: 'sbom-not-bound',
        level,
        message: `No SBOM names the digest of \`${name}\`: nothing ties the document to what will be deployed.`,
        help: 'Make the SBOM from the built artifact, so that it carries its digest (syft, trivy, docker sbom).',
        path: sboms[0]?.path ?? '',
      }),
    ),
  ];
}
