import { z } from 'zod';

/** The section `gates.supply-chain.secrets`. */
export const secretOptionsSchema = z.strictObject({
  paths: z
    .array(z.string())
    .default(['**'])
    .describe(
      'Globs of the files in which no credential may lie; `!` takes files out; empty: none are searched',
    ),
  max_kib: z.int().min(1).default(1024).describe('Larger files are passed over, and counted'),
  encrypted: z
    .array(z.string())
    .default(['**/*.enc.{yml,yaml,json,env}', '**/*.sops.{yml,yaml,json,env}', '**/secrets.enc/**'])
    .describe('Globs of the files that have to be encrypted with SOPS'),
});
export type SecretOptions = z.infer<typeof secretOptionsSchema>;
