import { z } from 'zod';
import { isGlob } from '../../../core/gate/glob.ts';

/** What a digest looks like wherever one is written down. */
export const digestPattern = /^(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
/** Scheme, host and owner are spelled out, so that a pattern never reaches into somebody else's repositories. */
const ownedPattern = /^https:\/\/[^/*?{}]+\/[^/*?{}]+\//;

const artifactSchema = z
  .strictObject({
    path: z.string().optional().describe('Glob of the built files'),
    digest: z
      .string()
      .regex(digestPattern, 'expected sha256:…, sha384:… or sha512:… in lower-case hex')
      .optional()
      .describe('Digest of an artifact that is not a file here, as an image: `sha256:…`'),
    digest_file: z
      .string()
      .optional()
      .describe(
        'File that the build wrote the digest of an image to: `sha256:…`, or what buildx calls its metadata',
      ),
    attestations: z
      .array(z.string())
      .default([])
      .describe(
        'Globs of bundles, DSSE envelopes, JSON lines of them, answers of the registry, or signatures; without any file there, the attestations that GitHub keeps of `source.repository` are asked',
      ),
  })
  .refine(
    (one) => [one.path, one.digest, one.digest_file].filter((known) => known !== undefined).length === 1,
    {
      message: 'expected exactly one of path, digest, digest_file',
    },
  );

const workflowPattern = /^([\w.-]+\/[\w.-]+\/)?\.github\/workflows\/[\w.-]+\.ya?ml$/;

const identitySchema = z
  .strictObject({
    issuer: z
      .string()
      .refine((issuer) => !isGlob(issuer), 'expected the exact issuer: patterns are not allowed here')
      .optional()
      .describe('Who vouched for the signer, exactly: `https://token.actions.githubusercontent.com`'),
    identity: z
      .string()
      .min(1)
      .refine((identity) => !isGlob(identity) || ownedPattern.test(identity), {
        message: 'a pattern has to spell out scheme, host and owner: https://github.com/acme/…',
      })
      .optional()
      .describe('The signer, whole: an address or a workflow with its ref; `*` stays inside a path segment'),
    workflow: z
      .string()
      .regex(
        workflowPattern,
        'expected .github/workflows/<file>.yml, or owner/repo/.github/workflows/<file>.yml',
      )
      .optional()
      .describe(
        'Short for the two above: a workflow on GitHub, of the repository under test or with `owner/repo/` before it',
      ),
    ref: z
      .string()
      .regex(/^refs\/\S+$/, 'expected refs/…, or a pattern such as refs/tags/v*')
      .optional()
      .describe('Ref of that workflow; default: `source.ref`. A workflow of another repository needs one'),
  })
  .refine(
    ({ issuer, identity, workflow, ref }) =>
      workflow === undefined
        ? issuer !== undefined && identity !== undefined && ref === undefined
        : issuer === undefined && identity === undefined,
    { message: 'expected issuer and identity, or workflow' },
  )
  .refine(
    ({ workflow, ref }) => workflow === undefined || workflow.startsWith('.github/') || ref !== undefined,
    {
      message: 'a workflow of another repository needs its ref',
    },
  );

const sourceSchema = z.strictObject({
  repository: z
    .string()
    .regex(/^(\*|[^/*?\s]+\/[^/*?\s]+|https:\/\/[^*?\s@]+)$/, 'expected owner/name, an https address, or *')
    .optional()
    .describe('Repository it was built from; default: the one under test; `*`: any'),
  ref: z
    .string()
    .regex(/^(\*|refs\/\S+)$/, 'expected refs/…, a pattern such as refs/tags/v*, or *')
    .optional()
    .describe('Ref it was built from; default: the one under test; `*`: any'),
  commit: z
    .enum(['same', 'any'])
    .default('same')
    .describe('`same`: built from the commit under test; `any`: an older build may be promoted'),
});

const inputValue = z.union([z.string(), z.number(), z.boolean()]);

/** The section `gates.supply-chain.provenance` of the config. */
export const provenanceOptionsSchema = z.strictObject({
  required: z.boolean().default(false).describe('Without checked artifacts the gate is inconclusive'),
  artifacts: z.array(artifactSchema).max(200).default([]).describe('What has to be proven'),
  require: z
    .array(z.enum(['provenance', 'signature']))
    .min(1)
    .default(['provenance'])
    .describe('What each artifact needs: `provenance` (SLSA), `signature` (any trusted signature)'),
  trusted_root: z
    .string()
    .optional()
    .describe(
      'File with the sigstore trusted root (`gh attestation trusted-root`), taken from the base; default: the root of the public sigstore that this version carries',
    ),
  keys: z.array(z.string()).max(20).default([]).describe('Files with public keys that may sign'),
  identities: z.array(identitySchema).max(50).default([]).describe('Who may sign with a certificate'),
  builders: z
    .array(z.string())
    .default([])
    .describe('Builder ids that are trusted; empty: the signer itself, on a GitHub-hosted runner'),
  source: sourceSchema.prefault({}).describe('What it has to be built from'),
  inputs: z
    .union([z.literal('any'), z.record(z.string(), inputValue)])
    .default({})
    .describe('Workflow inputs of the build, all of them; `any`: not judged'),
  transparency: z
    .strictObject({
      log: z.int().min(0).max(5).default(1).describe('Entries in a transparency log'),
      sct: z.int().min(0).max(5).default(1).describe('Proofs that the certificate was logged'),
      timestamp: z.int().min(1).max(5).default(1).describe('Proven signing times'),
    })
    .prefault({})
    .describe('How often a signing must be witnessed; 0 is for private deployments'),
});
export type ProvenanceOptions = z.infer<typeof provenanceOptionsSchema>;
