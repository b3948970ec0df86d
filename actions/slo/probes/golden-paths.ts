import { z } from 'zod';
import { durationSchema } from '../../../core/config/duration.ts';
import { InputError } from '../../../core/errors.ts';
import { readYaml } from '../documents/yaml.ts';
import { tlsSchema } from './tls.ts';

const json = z.json();
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected a lower-case name of letters, digits and -');

const bodySchema = z
  .strictObject({
    contains: z
      .array(z.string().min(1))
      .or(
        z
          .string()
          .min(1)
          .transform((text) => [text]),
      )
      .optional(),
    not_contains: z
      .array(z.string().min(1))
      .or(
        z
          .string()
          .min(1)
          .transform((text) => [text]),
      )
      .optional(),
    json: z
      .record(z.string().regex(/^(\/[^/]*)*$/, 'expected a JSON Pointer such as /items/0/id'), json)
      .optional()
      .describe('JSON Pointer → value that must be there'),
    json_exists: z.array(z.string().regex(/^(\/[^/]*)*$/, 'expected a JSON Pointer')).optional(),
  })
  .describe('Assertions on the body');

const statusSchema = z.union([
  z.int().min(100).max(599).transform(String),
  z.string().regex(/^([1-5]xx|[1-5]\d\d)$/, 'expected a code such as 200 or a class such as 2xx'),
]);

const probeSchema = z.strictObject({
  name,
  description: z.string().optional(),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  path: z.string().regex(/^\//, 'expected a path that begins with /'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.union([z.string(), json]).optional().describe('Text, or JSON that is sent as application/json'),
  attempts: z.int().min(1).max(50).default(1).describe('All must hold; the latency is their median'),
  expect: z
    .strictObject({
      status: z
        .union([statusSchema.transform((one) => [one]), z.array(statusSchema).min(1)])
        .default(['2xx']),
      latency: durationSchema.optional().describe('The median must not be slower'),
      headers: z.record(z.string(), z.string()).default({}).describe('Header → text that it must contain'),
      body: bodySchema.optional(),
      tls: tlsSchema.optional().describe('Of the certificate; every https path needs a valid one anyway'),
    })
    .prefault({}),
});
export type Probe = z.infer<typeof probeSchema>;

export const goldenPathsFileSchema = z.strictObject({
  version: z.literal(1).default(1),
  base_url: z.url().optional(),
  timeout: durationSchema.prefault('10s').describe('One attempt may take this long'),
  tls: tlsSchema.optional().describe('What every path expects of the certificate that says nothing itself'),
  paths: z
    .array(probeSchema)
    .min(1)
    .max(100)
    .refine(
      (paths) => new Set(paths.map((path) => path.name)).size === paths.length,
      'two paths have one name',
    ),
});
export type GoldenPaths = z.infer<typeof goldenPathsFileSchema>;

/** Throws `InputError` with every mistake and its line. */
export function parseGoldenPaths(bytes: Uint8Array, path: string): GoldenPaths {
  const { documents, problems } = readYaml(bytes, path);
  const document = documents[0];
  if (problems[0] !== undefined) throw invalid([`${path}:${problems[0].line ?? 1}: ${problems[0].message}`]);
  if (document === undefined) throw invalid([`${path}: empty`]);
  const parsed = goldenPathsFileSchema.safeParse(document.value);
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map(
      (one) => `${path}:${document.lineOf(one.path)}: ${one.path.join('.')}: ${one.message}`,
    ),
  );
}

function invalid(lines: readonly string[]): InputError {
  return new InputError('GOLDEN_PATHS_INVALID', lines.join('\n'), 'see actions/slo/README.md for the format');
}
