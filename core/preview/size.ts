import type { PreviewState } from './state.ts';

/** The size that is meant: what a person asked for while the config still has it, else its default. */
export function sizeOf({ size, config }: Pick<PreviewState, 'size' | 'config'>): string {
  if (config === null) return size ?? '';
  return size !== null && Object.hasOwn(config.cost.sizes, size) ? size : config.cost.default_size;
}
