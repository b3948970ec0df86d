import { z } from 'zod';
import { auditEntrySchema } from '../../../core/audit/entry.ts';
import { renderAuditLine } from '../../../core/audit/lines.ts';
import { InputError, ProviderError } from '../../../core/errors.ts';
import type { CliInput, CliWorld } from '../../command.ts';
import { conductorHeaders } from '../../conductor.ts';
import { repositoryOf } from '../../github.ts';

const pageSchema = z.object({ entries: z.array(auditEntrySchema), next: z.int().nullable() });
const headsSchema = z.object({ heads: z.array(z.object({ bundle: z.string() })) });

/** Prints the whole log, one canonical entry a line; or its signed heads, one bundle a line. */
export async function exportLog(input: CliInput, world: CliWorld): Promise<number> {
  const root = (input.text('url') ?? world.env.CONDUCTOR_URL ?? '').replace(/\/+$/, '');
  if (!URL.canParse(root)) {
    throw new InputError('USAGE', 'expected the address of a Conductor', 'give --url, or set CONDUCTOR_URL');
  }
  const repository = repositoryOf(input.text('repo'), world);
  if (input.flag('heads')) {
    const { heads } = await ask(world, `${root}/v1/audit/heads`, { repository, limit: '1000' }, headsSchema);
    for (const { bundle } of heads) world.print(bundle.trimEnd());
    return 0;
  }
  for (let after: number | null = 0; after !== null; ) {
    const query = { repository, after: String(after), limit: '1000' };
    const page: z.infer<typeof pageSchema> = await ask(world, `${root}/v1/audit`, query, pageSchema);
    for (const entry of page.entries) world.print(renderAuditLine(entry));
    after = page.next;
  }
  return 0;
}

async function ask<Schema extends z.ZodType>(
  world: CliWorld,
  place: string,
  query: Record<string, string>,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const url = `${place}?${new URLSearchParams(query)}`;
  const answer = await world
    .fetch(url, { headers: conductorHeaders(world), signal: AbortSignal.timeout(30_000) })
    .catch((cause: unknown) => Promise.reject(unavailable(place, 'did not answer', cause)));
  if (!answer.ok) throw unavailable(place, `answered ${answer.status}`);
  const parsed = schema.safeParse(await answer.json().catch(() => null));
  if (parsed.success) return parsed.data;
  throw unavailable(place, 'answered with something else than the log');
}

function unavailable(place: string, what: string, cause?: unknown): ProviderError {
  return new ProviderError('CONDUCTOR_UNAVAILABLE', `${place} ${what}`, 'check the address, and try again', {
    retryable: true,
    cause,
  });
}
