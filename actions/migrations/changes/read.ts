import { parse } from 'yaml';
import { z } from 'zod';
import type { FileTree } from '../../../core/ports/system.ts';

/** In this order, each in a release of its own: `switch` is when readers move from the old to the new. */
export const phases = ['expand', 'backfill', 'switch', 'contract'] as const;
export type Phase = (typeof phases)[number];

const placeSchema = z
  .string()
  .regex(/^[^.\s]+(\.[^.\s]+){0,2}$/, 'expected table, table.column or schema.table.column');

const paritySchema = z.strictObject({
  old: z.string().min(1).describe('Query that the readers of today send'),
  new: z.string().min(1).describe('Query that shall give the same rows'),
  key: z.array(z.string()).min(1).describe('Columns of both that identify a row'),
  tolerance: z
    .record(z.string(), z.number().min(0))
    .default({})
    .describe('By column: how far two numbers may lie apart'),
  sample: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Share of the keys that is compared, chosen by their hash: the same ones each time'),
});
export type Parity = z.infer<typeof paritySchema>;

const changeSchema = z.strictObject({
  name: z.string().min(1).max(100),
  phase: z.enum(phases).describe('What this release does of it'),
  old: placeSchema.describe('Column or table that goes away in the contract step'),
  new: placeSchema.describe('Column or table that takes its place'),
  dual_write_flag: z.string().optional().describe('Flag under which the application writes both'),
  backfill: z
    .string()
    .optional()
    .describe('Query for the number of rows that are not filled yet; 0 proves the backfill'),
  parity: paritySchema.optional(),
});

const fileSchema = z.strictObject({ version: z.literal(1), changes: z.array(changeSchema).max(200) });

/** A change of the schema that takes several releases, and how far this release takes it. */
export type SchemaChange = z.infer<typeof changeSchema> & { readonly path: string };

export interface FileProblem {
  readonly path: string;
  readonly message: string;
}

/** Reads the files that plan such changes. A file that cannot be read is a problem of its own, never skipped. */
export async function readChanges(
  globs: readonly string[],
  files: FileTree,
): Promise<{ changes: readonly SchemaChange[]; problems: readonly FileProblem[] }> {
  const changes: SchemaChange[] = [];
  const problems: FileProblem[] = [];
  for (const path of await files.list(globs)) {
    const read = parseWith(
      fileSchema,
      new TextDecoder().decode((await files.read(path)) ?? new Uint8Array()),
    );
    if ('problem' in read) problems.push({ path, message: read.problem });
    else changes.push(...read.value.changes.map((change) => ({ ...change, path })));
  }
  return { changes, problems };
}

/** YAML or JSON text against a schema: its value, or what is wrong with it in one line. */
export function parseWith<Value>(
  schema: z.ZodType<Value>,
  text: string,
): { value: Value } | { problem: string } {
  try {
    const result = schema.safeParse(parse(text, { maxAliasCount: 20 }));
    if (result.success) return { value: result.data };
    const [first] = result.error.issues;
    return { problem: `${first?.path.join('.') || 'the file'}: ${first?.message ?? 'not valid'}` };
  } catch (error) {
    return { problem: (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? 'not YAML' };
  }
}
