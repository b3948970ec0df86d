import { z } from 'zod';

/** `release.deployer`: how the pipeline hears of an order. The order itself is always a deployment on GitHub. */
export const deployerSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('deployment') }),
    z.strictObject({
      kind: z.literal('workflow_dispatch'),
      workflow: z
        .string()
        .regex(/^[\w.-]+\.ya?ml$/, 'expected the name of a file in .github/workflows')
        .describe('Workflow on the default branch; the order is in its inputs'),
    }),
  ])
  .default({ kind: 'deployment' })
  .describe(
    '`deployment`: a workflow with `on: deployment`. `workflow_dispatch`: the named workflow is started',
  );
