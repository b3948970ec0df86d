import { z } from 'zod';
import { gateNameSchema } from '../gate/names.ts';
import { durationSchema } from './duration.ts';

/** `release.stop_conditions`: what takes a version out of production at once, whatever step it has reached. */
export const stopConditionsSchema = z
  .strictObject({
    gates: z
      .array(gateNameSchema)
      .default(['slo', 'supply-chain', 'migrations'])
      .describe(
        'A newer result of one of these for the released commit that fails goes back at once: SLO burn, critical security, data integrity',
      ),
    slo_watch: durationSchema
      .default(60_000)
      .describe('How often the objectives are read while the version has traffic or is observed; 0: never'),
    restore_within: durationSchema
      .default(600_000)
      .describe(
        'Time in which a rollback has to bring the service back (its SLA); then people are called. 0: never',
      ),
  })
  .prefault({});
