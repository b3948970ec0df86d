import { z } from 'zod';
import { waiverSchema } from '../../core/gate/waivers.ts';

/** Where policies are looked for when the config does not say. */
export const defaultPolicies = ['.github/release-conductor/policies/**/*.rego'];

/** The section `gates.policy` of the config. */
export const policyOptionsSchema = z.strictObject({
  workflows: z
    .array(z.string())
    .default(['.github/workflows/*.{yml,yaml}', '.github/actions/**/action.{yml,yaml}', 'action.{yml,yaml}'])
    .describe('Globs of the workflows and composite actions to judge'),
  unpinned_owners: z
    .array(z.string())
    .default([])
    .describe('Owners (or owner/repo) whose actions may be named by a tag, such as `actions`'),
  owned_paths: z
    .array(z.string())
    .default(['.github/workflows/gates.yml', '.github/release-conductor.yml'])
    .describe('Files that CODEOWNERS must give an owner, when they exist'),
  waivers: z.array(waiverSchema).default([]).describe('Findings that are accepted for a time'),
  policies: z
    .array(z.string())
    .default(defaultPolicies)
    .describe("Globs of the repository's own policies, read from the base when there is one"),
  inputs: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[a-z][a-z0-9_]*$/)
          .describe('Policies find it as `input.inputs.<name>`'),
        path: z.string().describe('A file of JSON or YAML'),
        from: z
          .enum(['change', 'base'])
          .default('change')
          .describe('Which of the two is read; without a base it is the change'),
      }),
    )
    .default([])
    .describe('Further documents for the policies'),
  compared: z
    .array(z.string())
    .default(['**'])
    .describe('Globs of the files whose changes policies see as `input.changed_paths`'),
  exceptions: z
    .array(waiverSchema.omit({ package: true }))
    .default([])
    .describe('Objections of the policies that are accepted for a time'),
});
export type PolicyOptions = z.infer<typeof policyOptionsSchema>;
