import { z } from 'zod';
import { manifestSchema } from './manifest.ts';
import { predicateType, releaseDecisionSchema } from './statement.ts';

/** JSON Schema (draft 2020-12) of `_manifest.json`. Made from the schema that reads it. */
export function manifestJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(manifestSchema), title: 'Manifest of the evidence of a release' };
}

/** JSON Schema of the predicate that is signed. */
export function releaseDecisionJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(releaseDecisionSchema), $id: predicateType, title: 'Decision to release' };
}
