import { z } from 'zod';
import { canonicalJson } from '../audit/canonical-json.ts';
import { auditHeadSchema } from '../audit/entry.ts';
import { gateNameSchema } from '../gate/names.ts';
import { commitShaSchema, repositorySchema, sha256Schema, verdictSchema } from '../gate/result.ts';
import type { Manifest } from './manifest.ts';

export const statementType = 'https://in-toto.io/Statement/v1';
export const predicateType = 'https://release-conductor.dev/attestations/release-decision/v1';
export const payloadType = 'application/vnd.in-toto+json';
export const zipName = 'evidence.zip';
export const bundleName = 'evidence.zip.sigstore.json';

const digestSchema = z.union([
  z.strictObject({ sha256: sha256Schema }),
  z.strictObject({ gitCommit: commitShaSchema }),
]);

/** The decision to release, as an in-toto predicate. `release-conductor.dev/attestations/release-decision/v1`. */
export const releaseDecisionSchema = z.strictObject({
  schema_version: z.literal(1),
  repository: repositorySchema,
  tag: z.string(),
  tag_object: commitShaSchema,
  commit: commitShaSchema,
  tree: commitShaSchema,
  outcome: z.enum(['ga', 'rolled-back']),
  decided_at: z.iso.datetime(),
  manifest_sha256: sha256Schema,
  config_sha256: sha256Schema,
  policy_sha256: z.array(sha256Schema),
  audit_head: auditHeadSchema.nullable(),
  gates: z.array(
    z.strictObject({ gate: gateNameSchema, verdict: verdictSchema, result_sha256: sha256Schema }),
  ),
});

/** in-toto Statement v1 over the zip, the commit and the shipped artifacts. */
export const statementSchema = z.strictObject({
  _type: z.literal(statementType),
  subject: z.array(z.strictObject({ name: z.string(), digest: digestSchema })).min(2),
  predicateType: z.literal(predicateType),
  predicate: releaseDecisionSchema,
});
export type Statement = z.infer<typeof statementSchema>;

/** The statement that is signed for a zip with this digest and this manifest. */
export function makeStatement(manifest: Manifest, manifestSha256: string, zipSha256: string): Statement {
  const { repository, tag, tag_object, commit, tree, artifacts } = manifest.subject;
  return {
    _type: statementType,
    subject: [
      { name: zipName, digest: { sha256: zipSha256 } },
      { name: `${repository}@refs/tags/${tag}`, digest: { gitCommit: commit } },
      ...artifacts.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    ],
    predicateType,
    predicate: {
      schema_version: 1,
      repository,
      tag,
      tag_object,
      commit,
      tree,
      outcome: manifest.outcome,
      decided_at: manifest.decided_at,
      manifest_sha256: manifestSha256,
      config_sha256: manifest.config_sha256,
      policy_sha256: manifest.policy_sha256,
      audit_head: manifest.audit_head,
      gates: manifest.gates.map(({ gate, verdict, result_sha256 }) => ({ gate, verdict, result_sha256 })),
    },
  };
}

/** The bytes that are signed. */
export function renderStatement(statement: Statement): Uint8Array {
  return new TextEncoder().encode(canonicalJson(statement));
}
