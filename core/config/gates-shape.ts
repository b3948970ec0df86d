import { z } from 'zod';
import { gateNameSchema } from '../gate/names.ts';

/** What every gate needs of the config. */
export const gatesShape = {
  version: z.literal(1).describe('Of the format'),
  trusted_workflows: z
    .array(z.string())
    .default([])
    .describe(
      'Workflow files whose gate results count, e.g. `.github/workflows/gates.yml`; same repository unless `owner/repo/…`',
    ),
  allowed_hosts: z.array(z.string()).default([]).describe('Hosts that gates may call, `host` or `host:port`'),
  gates: z
    .partialRecord(gateNameSchema, z.unknown())
    .default({})
    .describe('A section for each gate that runs: slo, perf, supply-chain, migrations, policy'),
};
