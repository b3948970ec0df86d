import { z } from 'zod';
import { parseExpression } from './expression.ts';

const ids = (meaning: string) => z.array(z.string()).default([]).describe(meaning);

/** The section `gates.supply-chain.licenses`. */
export const licenseOptionsSchema = z.strictObject({
  allow: ids(
    'SPDX ids that may be used, also `id WITH exception`; empty: all known ones that are not denied',
  ),
  deny: ids('SPDX ids that may not be used'),
  unknown: z
    .enum(['error', 'warning', 'notice'])
    .default('warning')
    .describe('What a component without a readable licence means'),
  include_dev: z.boolean().default(false).describe('Judge packages for development too, by the same lists'),
  development: z
    .strictObject({
      allow: ids('SPDX ids that may be used'),
      deny: ids('SPDX ids that may not be used'),
    })
    .optional()
    .describe('Lists of their own for packages that are for development only'),
  clarified: z
    .array(
      z.strictObject({
        package: z.string().describe('`name` or `name@version`'),
        license: z
          .string()
          .refine((text) => parseExpression(text) !== null, 'expected an SPDX expression')
          .describe('What its licence was found to be'),
        reason: z.string().min(10).describe('How that was found out'),
      }),
    )
    .default([])
    .describe('Licences that a person looked up'),
});
export type LicenseOptions = z.infer<typeof licenseOptionsSchema>;
