import { z } from 'zod';
import { waiverSchema } from '../../core/gate/waivers.ts';
import { licenseOptionsSchema } from './licenses/options.ts';
import { supportedLocks } from './lock-files/read.ts';
import { provenanceOptionsSchema } from './provenance/options.ts';
import { secretOptionsSchema } from './secrets/options.ts';
import { vulnerabilityOptionsSchema } from './vulnerabilities/options.ts';

/** The section `gates.supply-chain` of the config. */
export const supplyChainOptionsSchema = z.strictObject({
  sbom: z
    .strictObject({
      paths: z
        .array(z.string())
        .default([
          'sbom/**/*.{json,spdx,yml,yaml,xml}',
          '**/*.{spdx,spdx.json,spdx3.json,spdx.yaml,spdx.yml,cdx.json,cdx.xml}',
          'sbom.json',
          'bom.{json,xml}',
        ])
        .describe(
          'Globs of SBOM files: SPDX 2.2/2.3 (JSON, YAML, tag-value), SPDX 3.0 (JSON-LD), CycloneDX 1.4–1.7 (JSON, XML)',
        ),
      unbound: z
        .enum(['error', 'warning', 'notice'])
        .default('notice')
        .describe('What it means that no SBOM names the digest of an artifact under provenance.artifacts'),
      generate: z.boolean().default(true).describe('Make one from the lock file when there is none'),
    })
    .prefault({})
    .describe('Where SBOMs lie'),
  lock_files: z
    .array(z.string())
    .default([...supportedLocks])
    .describe('Globs of the lock files that an SBOM must agree with'),
  licenses: licenseOptionsSchema.prefault({}).describe('Licences, as SPDX expressions'),
  vulnerabilities: vulnerabilityOptionsSchema
    .prefault({})
    .describe('Known vulnerabilities, as a difference to the last promoted release'),
  hardening: z
    .strictObject({
      dockerfiles: z
        .array(z.string())
        .default(['**/Dockerfile', '**/Dockerfile.*', '**/*.Dockerfile'])
        .describe('Globs of Dockerfiles'),
      manifests: z
        .array(z.string())
        .default([
          'k8s/**/*.{yml,yaml}',
          'kubernetes/**/*.{yml,yaml}',
          'deploy/**/*.{yml,yaml}',
          'manifests/**/*.{yml,yaml}',
        ])
        .describe('Globs of Kubernetes manifests'),
      image_reports: z
        .array(z.string())
        .default(['images/*.json'])
        .describe('Globs of image sizes: `docker image inspect`, `crane manifest`, `skopeo inspect`'),
      image_budgets: z
        .array(
          z.strictObject({
            image: z.string().describe('Name of the image, or a glob over its names; `*`: each'),
            max_mib: z.number().positive().describe('At most so many MiB'),
          }),
        )
        .default([])
        .describe('How large images may be'),
    })
    .prefault({})
    .describe('Images and workloads'),
  secrets: secretOptionsSchema.prefault({}).describe('Credentials in the tree, and what has to be encrypted'),
  provenance: provenanceOptionsSchema.prefault({}).describe('Who may have built and signed the artifacts'),
  waivers: z.array(waiverSchema).default([]).describe('Findings that are accepted for a time'),
});
export type SupplyChainOptions = z.infer<typeof supplyChainOptionsSchema>;
