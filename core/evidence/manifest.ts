import { z } from 'zod';
import { auditHeadSchema } from '../audit/entry.ts';
import { gateNameSchema } from '../gate/names.ts';
import { commitShaSchema, repositorySchema, sha256Schema, verdictSchema } from '../gate/result.ts';

export const manifestPath = '_manifest.json';

const gateEntrySchema = z.strictObject({
  gate: gateNameSchema,
  required: z.boolean(),
  verdict: verdictSchema,
  result_sha256: sha256Schema.describe('Digest of gates/<gate>.json'),
  finished_at: z.iso.datetime(),
  via: z.enum(['oidc', 'artifact', 'in-process']),
  run_id: z.int().nullable(),
  run_attempt: z.int().nullable(),
  workflow_ref: z.string().nullable(),
});

const entrySchema = z.strictObject({
  path: z.string().max(255),
  size: z.int().nonnegative().describe('Bytes'),
  sha256: sha256Schema,
  media_type: z.string().max(128),
  origin: z.string().describe('Who made it: `conductor`, `gate:<name>`, or another producer'),
  verdict: verdictSchema.nullable().describe('Verdict of the gate that made it; null for other producers'),
  verification: z
    .enum(['own', 'identity', 'artifact', 'unproven'])
    .optional()
    .describe(
      'How the Conductor verified it before packing, beside its digest: `own`, it made it itself; `identity`, the job that made it proved its identity; `artifact`, it was collected from a run of the trusted workflow; `unproven`, nothing proves who made it',
    ),
});

export const refusalCodeSchema = z.enum([
  'BAD_PATH',
  'RESERVED_PATH',
  'DUPLICATE_PATH',
  'TOO_LARGE',
  'SECRET',
  'OTHER_COMMIT',
  'NOT_OF_THIS_RESULT',
]);

/** `_manifest.json`: every other entry of the evidence zip, and what they are evidence of. */
export const manifestSchema = z.strictObject({
  schema_version: z.literal(1),
  subject: z.strictObject({
    repository: repositorySchema,
    tag: z.string().min(1).max(255),
    tag_object: commitShaSchema,
    commit: commitShaSchema,
    tree: commitShaSchema,
    artifacts: z.array(z.strictObject({ name: z.string(), sha256: sha256Schema })),
  }),
  outcome: z.enum(['ga', 'rolled-back']),
  decided_at: z.iso.datetime(),
  promoted_at: z.iso.datetime().nullable().describe('When the last promotion was allowed'),
  config_sha256: sha256Schema,
  policy_sha256: z.array(sha256Schema),
  max_gate_age_ms: z.int().nonnegative(),
  required_gates: z.array(gateNameSchema),
  gates: z.array(gateEntrySchema),
  exceptions: z.array(z.record(z.string(), z.unknown())),
  audit_head: auditHeadSchema.nullable(),
  entries: z.array(entrySchema),
  absent: z.array(z.strictObject({ slot: z.string(), layout: z.string(), reason: z.string() })),
  refused: z.array(z.strictObject({ path: z.string(), code: refusalCodeSchema, reason: z.string() })),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type RefusedEntry = Manifest['refused'][number];

/** The manifest's bytes: indented for people, members in the schema's order. */
export function renderManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
}
