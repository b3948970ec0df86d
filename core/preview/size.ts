import type { PreviewState } from './state.ts';

/** The size that is meant: what a person asked for while the config still has it, else its default. */
export function sizeOf({ size, config }: Pick<PreviewState, 'size' | 'config'>): string {
  if (config === null) return size ?? '';
  return size !== null && Object.hasOwn(config.cost.sizes, size) ? size : config.cost.default_size;
}

/** What a preview of that size costs, in US dollars an hour; a size that the config does not have costs nothing. */
export function priceOf({ config }: Pick<PreviewState, 'config'>, size: string, asleep: boolean): number {
  const price = config?.cost.sizes[size];
  return (asleep ? price?.asleep_per_hour : price?.per_hour) ?? 0;
}
