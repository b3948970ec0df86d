import { z } from 'zod';

const placeholders = '`{tag}` stands for the tag, `{sha}` for its commit';
const sources = ['image', 'asset', 'file', 'digest'] as const;

const artifactSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('How people call it; default: the image, asset, file or digest'),
    image: z
      .string()
      .regex(/^[^\s/@]+(\/[^\s/@]+)+$/, 'expected registry/path:tag, as ghcr.io/acme/shop:{tag}')
      .optional()
      .describe(`Image, asked of its registry at each step: \`ghcr.io/acme/shop:{tag}\`; ${placeholders}`),
    asset: z.string().min(1).optional().describe(`File at the tag's GitHub Release; ${placeholders}`),
    file: z.string().min(1).optional().describe('File in the tagged commit'),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 lower-case hex digits')
      .optional()
      .describe('What is known by its digest alone'),
    attestations: z
      .array(z.string())
      .default([])
      .describe("Globs of bundles at the tag's GitHub Release, beside what the supply-chain gate stored"),
  })
  .refine((artifact) => sources.filter((source) => artifact[source] !== undefined).length === 1, {
    message: `expected exactly one of ${sources.join(', ')}`,
  });

/**
 * `release.artifacts`: what a release puts into production. Each is read, hashed and verified again at every
 * promotion step; one that cannot be read or verified stops it.
 */
export const artifactsSchema = z
  .array(artifactSchema)
  .max(50)
  .default([])
  .describe('What is deployed: verified again, by its digest of that moment, at every step');

export type ReleaseArtifact = z.infer<typeof artifactSchema>;

/** How people call an artifact. */
export function artifactName({ name, image, asset, file, digest }: ReleaseArtifact): string {
  return name ?? image ?? asset ?? file ?? digest ?? '';
}
