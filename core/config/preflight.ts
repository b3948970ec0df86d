import { z } from 'zod';
import { durationSchema } from './duration.ts';

/** What is verified before anything is deployed, by name. */
export const preflightClauses = [
  'qa-approval',
  'artifacts',
  'environment',
  'conflicts',
  'restorable',
  'migrations',
  'rehearsal',
] as const;
export type PreflightClause = (typeof preflightClauses)[number];

/** `release.preflight`. A clause that is required and not met, or not known, keeps the release off the stage. */
export const preflightSchema = z
  .strictObject({
    require: z
      .array(z.enum(preflightClauses))
      .default(['qa-approval', 'artifacts', 'environment', 'conflicts', 'migrations'])
      .describe(
        'Clauses that must be met before the stage; one that the config gives no ground for is not asked',
      ),
    qa_check: z
      .strictObject({
        name: z.string().min(1).describe('Name of the check run on the tagged commit'),
        app: z.string().min(1).describe('Slug of the App that has to report it, e.g. `github-actions`'),
      })
      .optional()
      .describe('qa-approval: a check that stands for it, beside or in place of `qa_report`'),
    max_rehearsal_age: durationSchema
      .default(7_776_000_000)
      .describe('rehearsal: age above which a rollback or a passed drill does not count, default 90d'),
  })
  .prefault({});
