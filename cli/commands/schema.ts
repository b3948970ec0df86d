import { z } from 'zod';
import { configJsonSchema } from '../../core/config/json-schema.ts';
import { InputError } from '../../core/errors.ts';
import { manifestJsonSchema, releaseDecisionJsonSchema } from '../../core/evidence/json-schema.ts';
import { gateResultSchema } from '../../core/gate/result.ts';
import type { CliCommand } from '../command.ts';

const schemas: Readonly<Record<string, () => unknown>> = {
  config: configJsonSchema,
  'gate-result': () => ({ ...z.toJSONSchema(gateResultSchema), title: 'Result of a gate' }),
  manifest: manifestJsonSchema,
  'release-decision': releaseDecisionJsonSchema,
};

export const schemaCommand: CliCommand = {
  usage: `<${Object.keys(schemas).join('|')}>`,
  description: 'Prints the JSON Schema of a document that outsiders read or write.',
  options: {},
  examples: [
    ['schema config > release-conductor.schema.json', 'for an editor'],
    ['schema manifest', 'what _manifest.json in the evidence holds'],
  ],
  async run({ args: [name = ''] }, { print }) {
    const make = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (make === undefined) {
      throw new InputError(
        'USAGE',
        `there is no schema ${JSON.stringify(name)}`,
        `schemas: ${Object.keys(schemas).join(', ')}`,
      );
    }
    print(JSON.stringify(make(), null, 2));
    return 0;
  },
};
