import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { FlagChange, FlagPurpose, FlagSetting } from './model.ts';

/** Names of the variants that count as on and off. */
export interface Variants {
  readonly on: string;
  readonly off: string;
}

const definitionSchema = z.looseObject({
  state: z.enum(['ENABLED', 'DISABLED']),
  variants: z.record(z.string(), z.unknown()),
  defaultVariant: z.string().nullish(),
  targeting: z.record(z.string(), z.unknown()).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});
type Definition = z.infer<typeof definitionSchema>;
const documentSchema = z.looseObject({ flags: z.record(z.string(), z.unknown()) });

/** In a flag's metadata: who killed it and why. Whoever reads the file sees it, and so does the next release. */
const killedKey = 'release-conductor.killed';

/**
 * What a file in flagd's format says of a flag (flagd.dev, "Flag definitions").
 * @throws InputError `FLAGS_UNREADABLE`, `FLAG_UNKNOWN`, `FLAG_UNUSABLE` (a variant that is needed is missing).
 */
export function readFlag(text: string, flag: string, variants: Variants): FlagSetting {
  const definition = definitionOf(parseFlags(text), flag, variants);
  const killed = definition.metadata?.[killedKey];
  return {
    definition: JSON.stringify(definition),
    share: shareOfDefinition(definition, variants),
    killed: typeof killed === 'string' ? killed : null,
  };
}

/**
 * The file after some changes: only the named flags differ, and the indentation stays.
 * @throws InputError as `readFlag`.
 */
export function changeFlags(
  text: string,
  changes: readonly FlagChange[],
  variants: Variants,
  why: { readonly purpose: FlagPurpose; readonly by: string; readonly reason: string },
): string {
  const document = parseFlags(text);
  const flags = { ...document.flags };
  for (const { flag, to } of changes) {
    const present = definitionOf(document, flag, variants);
    flags[flag] =
      to.kind === 'share'
        ? withShare(present, to.percent, variants, why)
        : formerDefinition(to.setting, present);
  }
  const changed = JSON.stringify({ ...document, flags }, null, indentOf(text));
  return text.endsWith('\n') ? `${changed}\n` : changed;
}

/** What the provider had, to the letter; a setting without one leaves what is there. */
function formerDefinition({ definition }: FlagSetting, present: Definition): unknown {
  return definition === null ? present : JSON.parse(definition);
}

function parseFlags(text: string): z.infer<typeof documentSchema> {
  try {
    return documentSchema.parse(JSON.parse(text));
  } catch {
    throw new InputError(
      'FLAGS_UNREADABLE',
      'the file is no JSON with `flags` in it',
      'Write it in the format of flagd: {"flags": {"name": {"state", "variants", "defaultVariant"}}}.',
    );
  }
}

function definitionOf(
  { flags }: z.infer<typeof documentSchema>,
  flag: string,
  { on, off }: Variants,
): Definition {
  if (!Object.hasOwn(flags, flag)) {
    const known = Object.keys(flags).slice(0, 20).join(', ');
    throw new InputError('FLAG_UNKNOWN', `there is no flag ${flag}, known are ${known || 'none'}`, 'Add it.');
  }
  const parsed = definitionSchema.safeParse(flags[flag]);
  const missing = parsed.success
    ? [on, off].filter((variant) => !Object.hasOwn(parsed.data.variants, variant))
    : ['state', 'variants'];
  if (parsed.success && missing.length === 0) return parsed.data;
  throw new InputError(
    'FLAG_UNUSABLE',
    `the flag ${flag} has no ${missing.join(' and no ')}`,
    'Give it these variants, or name its own in `flags.on` and `flags.off`.',
  );
}

/** Off and on for everybody need no rule: what is left of one would go on deciding. */
function withShare(
  definition: Definition,
  percent: number,
  { on, off }: Variants,
  { purpose, by, reason }: { readonly purpose: FlagPurpose; readonly by: string; readonly reason: string },
): Definition {
  const { [killedKey]: _former, ...metadata } = definition.metadata ?? {};
  const killed = purpose === 'kill' ? { [killedKey]: `${by}: ${reason}`.slice(0, 300) } : {};
  const marked = { ...metadata, ...killed };
  const { targeting: _rules, metadata: _metadata, ...rest } = definition;
  const some = percent > 0 && percent < 100;
  return {
    ...rest,
    state: 'ENABLED',
    defaultVariant: percent === 100 ? on : off,
    ...(some
      ? {
          targeting: {
            fractional: [
              [on, percent],
              [off, 100 - percent],
            ],
          },
        }
      : {}),
    ...(Object.keys(marked).length === 0 ? {} : { metadata: marked }),
  };
}

/** Percent of users that get `on`; null for rules that are not ours. */
function shareOfDefinition(definition: Definition, { on }: Variants): number | null {
  if (definition.state === 'DISABLED') return 0;
  const { targeting } = definition;
  if (targeting === null || targeting === undefined || Object.keys(targeting).length === 0) {
    return definition.defaultVariant === on ? 100 : 0;
  }
  const parsed = z
    .strictObject({ fractional: z.array(z.tuple([z.string(), z.number().nonnegative()])).min(1) })
    .safeParse(targeting);
  if (!parsed.success) return null;
  const total = parsed.data.fractional.reduce((sum, [, weight]) => sum + weight, 0);
  const given = parsed.data.fractional.filter(([variant]) => variant === on);
  return total > 0 ? (100 * given.reduce((sum, [, weight]) => sum + weight, 0)) / total : null;
}

function indentOf(text: string): string | number {
  return /^\{\s*\n([ \t]+)"/.exec(text)?.[1] ?? 2;
}
