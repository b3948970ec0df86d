import { z } from 'zod';
import { type Digest, digestAlgorithms } from './facts.ts';

export const statementPayloadType = 'application/vnd.in-toto+json';
const statementTypes = ['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1'] as const;

const statementSchema = z.object({
  _type: z.enum(statementTypes),
  subject: z
    .array(z.object({ name: z.string().optional(), digest: z.record(z.string(), z.string()) }))
    .min(1)
    .max(10_000),
  predicateType: z.string(),
  predicate: z.unknown().optional(),
});

/** An in-toto statement (v0.1 or v1): what is said of which artifacts. */
export type Statement = z.infer<typeof statementSchema>;

/** Parses the payload of an envelope; a sentence says what is wrong with it. */
export function parseStatement(payload: Uint8Array): Statement | string {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return 'the payload is not JSON';
  }
  const parsed = statementSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `${issue?.path.join('.') || 'the payload'}: ${issue?.message ?? 'not an in-toto statement'}`;
}

/**
 * Whether one subject is this artifact: it names one of its digests, and none of its strong digests is another.
 * Names of subjects prove nothing and are not looked at.
 */
export function isAbout({ subject }: Statement, digests: readonly Digest[]): boolean {
  return subject.some(({ digest }) => {
    const compared = digests.flatMap(({ algorithm, hex }) => {
      const said = digest[algorithm];
      return said === undefined ? [] : [said.toLowerCase() === hex];
    });
    return compared.length > 0 && compared.every(Boolean);
  });
}

/** The first few subjects, for a person. */
export function describeSubjects({ subject }: Statement): string {
  const shown = subject.slice(0, 3).map(({ name, digest }) => {
    const algorithm = digestAlgorithms.find((one) => digest[one] !== undefined);
    const short =
      algorithm === undefined ? 'no usable digest' : `${algorithm}:${digest[algorithm]?.slice(0, 12)}…`;
    return name === undefined || name === '' ? short : `${name} (${short})`;
  });
  return `${shown.join(', ')}${subject.length > 3 ? ` and ${subject.length - 3} more` : ''}`;
}
