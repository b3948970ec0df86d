import { z } from 'zod';
import { configSchema } from './schema.ts';

/** JSON Schema (draft 2020-12) of `.github/release-conductor.yml`, for editors. Made from the schema that parses it. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' }),
    title: 'Release Conductor',
    description: 'Gates, release and permissions of one repository (.github/release-conductor.yml)',
  };
}
