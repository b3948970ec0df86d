import { z } from 'zod';
import type { Config } from '../core/config/schema.ts';
import type { Forge } from '../core/ports/forge.ts';

const catalogueSchema = z.object({
  golden_paths: z.object({ file: z.string().default('golden_paths.yaml') }).prefault({}),
});

/**
 * Whether a pull request with a preview has to wait until the golden paths were walked there: the config asks for it,
 * and the base branch has a catalogue of them.
 */
export async function walksPreviews(
  { previews, gates }: Pick<Config, 'previews' | 'gates'>,
  baseSha: string,
  forge: Pick<Forge, 'filesAt'>,
): Promise<boolean> {
  if (previews === undefined || previews.golden_paths !== 'required') return false;
  const options = catalogueSchema.safeParse(gates.slo ?? {});
  // What the gate could not read either is no reason to wait for less.
  if (!options.success) return true;
  return (await forge.filesAt(baseSha).read(options.data.golden_paths.file)) !== null;
}
