import { z } from 'zod';
import { waiverSchema } from '../../core/gate/waivers.ts';

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
});
export type PolicyOptions = z.infer<typeof policyOptionsSchema>;
