import { z } from 'zod';
import { gateNameSchema } from './names.ts';

/** `inconclusive` = no data, too little, stale, or the provider is down. Only `pass` and `warn` let a change through. */
export const verdictSchema = z.enum(['pass', 'warn', 'fail', 'inconclusive', 'skipped']);
export type Verdict = z.infer<typeof verdictSchema>;

export const findingSchema = z.strictObject({
  code: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]*$/)
    .describe('Stable code, kebab-case'),
  level: z.enum(['error', 'warning', 'notice']),
  message: z.string().max(4_000),
  help: z.string().max(4_000).describe('What to add, change or remove'),
  path: z.string().max(1_024).optional().describe('Path inside the repository, with forward slashes'),
  line: z.int().min(1).optional().describe('1-based'),
  column: z.int().min(1).optional().describe('1-based'),
  data: z.record(z.string(), z.unknown()).optional(),
});
export type Finding = z.infer<typeof findingSchema>;

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
export const commitShaSchema = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
export const repositorySchema = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[A-Za-z0-9._-]{1,100}$/);

export const evidenceRefSchema = z.strictObject({
  path: z.string().max(512).describe('Place inside the evidence zip, without a leading slash'),
  sha256: sha256Schema,
  media_type: z.string().max(128),
});

export const subjectSchema = z.strictObject({
  repository: repositorySchema,
  sha: commitShaSchema,
  ref: z.string().max(512),
});
export type Subject = z.infer<typeof subjectSchema>;

/** The contract between a gate and everybody who reads its verdict. Stable. */
export const gateResultSchema = z.strictObject({
  schema_version: z.literal(1),
  gate: gateNameSchema,
  verdict: verdictSchema,
  subject: subjectSchema,
  summary: z.string().max(1_000),
  findings: z.array(findingSchema).max(10_000),
  measurements: z.record(z.string(), z.unknown()),
  evidence: z.array(evidenceRefSchema).max(1_000),
  inputs: z.strictObject({ config_sha256: sha256Schema, policy_sha256: sha256Schema.optional() }),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime(),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
});
export type GateResult = z.infer<typeof gateResultSchema>;

/** True only for the two verdicts that let a change or a release continue. */
export function isPassing(verdict: Verdict): boolean {
  return verdict === 'pass' || verdict === 'warn';
}
