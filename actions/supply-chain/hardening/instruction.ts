export interface Instruction {
  /** In capitals. */
  readonly word: string;
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

export interface Dockerfile {
  readonly path: string;
  readonly instructions: readonly Instruction[];
}

export interface Stage {
  /** With the values of the build arguments, as far as they are known. */
  readonly image: string;
  /** In lower case, as Docker compares them. */
  readonly name: string | null;
  readonly from: Instruction;
  readonly instructions: readonly Instruction[];
}

/** The build stages. Arguments before the first FROM are known in every FROM. */
export function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const defaults = new Map<string, string>();
  const stages: { image: string; name: string | null; from: Instruction; instructions: Instruction[] }[] = [];
  for (const one of instructions) {
    if (one.word === 'ARG' && stages.length === 0) {
      for (const [name, value] of assignmentsIn(one.text)) defaults.set(name, value);
    } else if (one.word === 'FROM') {
      const words = one.text.split(/\s+/).filter((word) => !word.startsWith('--'));
      const as = words.findIndex((word) => word.toLowerCase() === 'as');
      stages.push({
        image: substitute(words[0] ?? '', defaults) ?? '',
        name: as < 0 ? null : (words[as + 1]?.toLowerCase() ?? null),
        from: one,
        instructions: [],
      });
    } else stages.at(-1)?.instructions.push(one);
  }
  return stages;
}

/** `A=1 B="2"` as pairs; a name alone has no value. */
export function assignmentsIn(text: string): [string, string][] {
  return [...text.matchAll(/([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S*))?/g)].flatMap(
    ([, name = '', value]): [string, string][] =>
      value === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, '$2')]],
  );
}

/** `$NAME`, `${NAME}`, `${NAME:-default}`; null when a name stands for something that is not known here. */
export function substitute(text: string, values: ReadonlyMap<string, string>): string | null {
  let unknown = false;
  const result = text.replace(
    /\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g,
    (_, braced: string | undefined, fallback: string | undefined, bare: string | undefined) => {
      const value = values.get(braced ?? bare ?? '') || fallback;
      if (value === undefined) unknown = true;
      return value ?? '';
    },
  );
  return unknown ? null : result;
}
