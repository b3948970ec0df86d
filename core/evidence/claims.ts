import { z } from 'zod';
import { commitShaSchema, repositorySchema } from '../gate/result.ts';

const numeric = z
  .string()
  .regex(/^[1-9]\d{0,18}$/)
  .transform(Number)
  .pipe(z.int());

/**
 * The claims of a GitHub Actions OIDC token that decisions are made from, as docs.github.com/actions names
 * them. Numbers arrive as strings. Claims that nobody reads are dropped.
 */
export const oidcClaimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  jti: z.string().min(1).max(256),
  exp: z.number(),
  iat: z.number(),
  nbf: z.number().optional(),
  repository: repositorySchema,
  /** GitHub's number of it, which stays when the name changes. */
  repository_id: numeric.optional(),
  run_id: numeric,
  run_attempt: numeric,
  sha: commitShaSchema,
  ref: z.string(),
  workflow_ref: z.string(),
  workflow_sha: commitShaSchema,
  job_workflow_ref: z.string().optional(),
  job_workflow_sha: commitShaSchema.optional(),
  event_name: z.string(),
  actor: z.string(),
});
export type OidcClaims = z.infer<typeof oidcClaimsSchema>;
