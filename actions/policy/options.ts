import { z } from 'zod';
import { waiverSchema } from '../../core/gate/waivers.ts';

/** An objection that is accepted for a time, at most so many times in one run. */
const exceptionSchema = waiverSchema.omit({ package: true }).extend({
  max_uses: z.int().min(1).optional().describe('Objections of one run that it may cover; default: all'),
});
export type Exception = z.infer<typeof exceptionSchema>;

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
    .default([
      '.github/workflows/gates.yml',
      '.github/release-conductor.yml',
      '.github/release-conductor/**',
      '{.github/,docs/,}CODEOWNERS',
    ])
    .describe('Globs of files that CODEOWNERS must give an owner, besides the trusted workflows'),
  enforcement: z
    .strictObject({
      app_id: z.int().positive().optional().describe('The Conductor’s App: its checks must be pinned to it'),
      branch: z.string().optional().describe('Whose rules are read; default: the default branch'),
      level: z.enum(['warning', 'error']).default('warning').describe('Of what is found missing'),
      on_unread: z
        .enum(['notice', 'inconclusive'])
        .default('notice')
        .describe('When GitHub does not show the rules'),
    })
    .optional()
    .describe('What GitHub itself must enforce: required checks, pinned, and the review of code owners'),
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
    .array(exceptionSchema)
    .default([])
    .describe('Objections of the policies that are accepted for a time'),
});
export type PolicyOptions = z.infer<typeof policyOptionsSchema>;
