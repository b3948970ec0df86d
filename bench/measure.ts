/** One figure of a benchmark: a ratio against something measured in the same run, or an absolute with its reference. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** One value per round, in the order measured. */
  readonly rounds: readonly number[];
  /** What we aim at, e.g. `>= 0.5`; null when the figure is only a reference. */
  readonly aim: { readonly op: '>=' | '<='; readonly value: number } | null;
}

export interface Benchmark {
  readonly name: string;
  readonly title: string;
  /** Measures everything side by side, `rounds` times. */
  run(rounds: number): Promise<readonly Figure[]>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Round-by-round quotient of two figures measured in turn. */
export function ratio(
  name: string,
  over: readonly number[],
  under: readonly number[],
  aim: Figure['aim'],
): Figure {
  return { name, unit: '×', rounds: over.map((value, round) => value / (under[round] ?? Number.NaN)), aim };
}

export function isMet(figure: Figure): boolean | null {
  if (figure.aim === null) return null;
  const value = median(figure.rounds);
  return figure.aim.op === '>=' ? value >= figure.aim.value : value <= figure.aim.value;
}

export function renderFigures(figures: readonly Figure[]): string {
  return figures
    .map((figure) => {
      const value = format(median(figure.rounds));
      const spread = `${format(Math.min(...figure.rounds))} – ${format(Math.max(...figure.rounds))}`;
      const met = isMet(figure);
      const aim =
        figure.aim === null ? '' : `  aim ${figure.aim.op} ${figure.aim.value}  ${met ? 'met' : 'missed'}`;
      return `  ${figure.name.padEnd(52)} ${value.padStart(10)} ${figure.unit.padEnd(6)} (${spread})${aim}`;
    })
    .join('\n');
}

function format(value: number): string {
  if (Math.abs(value) >= 1_000) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3);
}
