/** Round numbers between two values, about `count` of them: 1, 2, 2.5 or 5 times a power of ten. */
export function linearTicks(low: number, high: number, count: number): readonly number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10);
  const decimals = Math.min(100, Math.max(0, 1 - Math.floor(Math.log10(power))));
  const first = Math.ceil(low / step) - 1;
  const ticks = Array.from({ length: Math.floor(high / step) - first + 2 }, (_, index) =>
    Number(((first + index) * step).toFixed(decimals)),
  );
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** A value → its place between `from` (at `low`) and `to` (at `high`), kept inside. */
export function linearScale(low: number, high: number, from: number, to: number): (value: number) => number {
  const span = high - low || 1;
  return (value) => from + (to - from) * Math.min(1, Math.max(0, (value - low) / span));
}

/** The same by orders of magnitude; everything at or below `low` lies at `from`. */
export function logScale(low: number, high: number, from: number, to: number): (value: number) => number {
  const place = linearScale(Math.log10(low), Math.log10(high), from, to);
  return (value) => (value > low ? place(Math.log10(value)) : from);
}
