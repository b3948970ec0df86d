import type { Hono } from 'hono';

/** What flagd reads of a flag: only as much of its format as the sandbox's flags use. */
interface Definition {
  readonly state: string;
  readonly defaultVariant: string;
  readonly variants: Readonly<Record<string, unknown>>;
  readonly targeting?: { readonly fractional?: readonly (readonly [string, number])[] };
}

/** What a provider answers about one user; null: it does not know the flag. */
export interface FlagAnswer {
  readonly variant: string;
  readonly value: unknown;
}

/** Evaluates a document in flagd's format for a user: `fractional` spreads users by a hash, so that each keeps its share. */
export function evaluateFor(text: string, flag: string, user: string): FlagAnswer | null {
  const { flags } = JSON.parse(text) as { flags: Record<string, Definition> };
  const definition = flags[flag];
  if (definition === undefined) return null;
  const variant = variantFor(definition, `${flag}${user}`);
  return { variant, value: definition.variants[variant] };
}

function variantFor({ targeting, defaultVariant }: Definition, key: string): string {
  const parts = targeting?.fractional;
  if (parts === undefined) return defaultVariant;
  let hash = 2_166_136_261;
  for (const character of key) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619) >>> 0;
  let place = ((hash ^ (hash >>> 15)) >>> 0) % 100;
  for (const [variant, weight] of parts) {
    if (place < weight) return variant;
    place -= weight;
  }
  return defaultVariant;
}

/**
 * The flag server of the platform, which syncs its definitions from the repository as flagd does, and answers by the
 * OpenFeature Remote Evaluation Protocol.
 */
export function serveFlags(api: Hono, read: () => Promise<string>): void {
  const definitions = synced(read);
  api.post('/ofrep/v1/evaluate/flags/:flag', async (context) => {
    const key = context.req.param('flag');
    const { context: user } = (await context.req.json()) as { context?: { targetingKey?: string } };
    const found = evaluateFor(await definitions(), key, user?.targetingKey ?? '');
    if (found === null) return context.json({ key, errorCode: 'FLAG_NOT_FOUND' }, 404);
    return context.json({ key, ...found, reason: 'SPLIT' });
  });
}

const syncedForMs = 200;

function synced(read: () => Promise<string>): () => Promise<string> {
  let known: { readonly at: number; readonly text: Promise<string> } | null = null;
  return () => {
    if (known !== null && Date.now() - known.at < syncedForMs) return known.text;
    const text = read();
    known = { at: Date.now(), text };
    text.catch(() => {
      known = null;
    });
    return text;
  };
}
