/** What can be done to signed evidence, or to an export of the audit log. */
export const kinds = ['flip', 'cut', 'swap', 'reorder', 're-sign'] as const;
export type Kind = (typeof kinds)[number];

/** One thing that was done, where, and what came of it. */
export interface Mutation<Changed> {
  readonly kind: Kind;
  readonly name: string;
  readonly changed: Changed;
}

export interface Tally {
  readonly tried: number;
  /** Mutations that were believed, or whose refusal did not say what was done; by name. */
  readonly missed: readonly string[];
}

/**
 * Tries every mutation.
 *
 * @param isNamed whether it was refused, and the refusal says where or what.
 */
export async function tally<Changed>(
  mutations: Iterable<Mutation<Changed>> | AsyncIterable<Mutation<Changed>>,
  isNamed: (changed: Changed) => boolean | Promise<boolean>,
): Promise<Record<Kind, Tally>> {
  const tried = new Map<Kind, number>();
  const missed = new Map<Kind, string[]>();
  for await (const { kind, name, changed } of mutations) {
    tried.set(kind, (tried.get(kind) ?? 0) + 1);
    if (await isNamed(changed)) continue;
    missed.set(kind, [...(missed.get(kind) ?? []), name]);
  }
  const of = (kind: Kind): Tally => ({ tried: tried.get(kind) ?? 0, missed: missed.get(kind) ?? [] });
  return {
    flip: of('flip'),
    cut: of('cut'),
    swap: of('swap'),
    reorder: of('reorder'),
    're-sign': of('re-sign'),
  };
}

/** A table of what was tried and what was caught, a column each target. */
export function renderTallies(targets: Readonly<Record<string, Record<Kind, Tally>>>): string {
  const names = Object.keys(targets);
  const cell = ({ tried, missed }: Tally): string => `${tried - missed.length} of ${tried}`;
  const sum = (one: Record<Kind, Tally>): Tally => ({
    tried: kinds.reduce((total, kind) => total + one[kind].tried, 0),
    missed: kinds.flatMap((kind) => one[kind].missed),
  });
  return [
    `| caught and named | ${names.join(' | ')} |`,
    `|---|${names.map(() => '---').join('|')}|`,
    ...kinds.map(
      (kind) =>
        `| ${kind} | ${Object.values(targets)
          .map((one) => cell(one[kind]))
          .join(' | ')} |`,
    ),
    `| **all** | ${Object.values(targets)
      .map((one) => cell(sum(one)))
      .join(' | ')} |`,
  ].join('\n');
}
