import { globMatcher } from '../../../core/gate/glob.ts';
import type { Finding } from '../../../core/gate/result.ts';
import { isRecord, type JsonObject, recordsOf, textOf } from '../json.ts';

/** An image whose size somebody measured. */
export interface MeasuredImage {
  readonly path: string;
  readonly names: readonly string[];
  readonly bytes: number;
}

export interface SizeBudget {
  readonly image: string;
  readonly max_mib: number;
}

const mebibyte = 1024 * 1024;

/**
 * Sizes from `docker image inspect` (unpacked), or from an OCI or Docker image manifest (`crane manifest`,
 * `docker manifest inspect`: as transferred). Empty when the document holds none.
 */
export function parseImageSizes(path: string, document: unknown): MeasuredImage[] {
  const entries = Array.isArray(document) ? document.filter(isRecord) : isRecord(document) ? [document] : [];
  return entries.flatMap((entry) => {
    const bytes = typeof entry.Size === 'number' ? entry.Size : layersOf(entry);
    if (bytes === null) return [];
    const names = [entry.RepoTags, entry.RepoDigests].flatMap((list) =>
      Array.isArray(list) ? list.map(String) : [],
    );
    return [{ path, names: [...names, path], bytes }];
  });
}

function layersOf(manifest: JsonObject): number | null {
  const layers = recordsOf(manifest.layers ?? manifest.LayersData);
  const sizes = layers.map((layer) => layer.size ?? layer.Size);
  if (sizes.length === 0 || sizes.some((size) => typeof size !== 'number')) return null;
  return sizes.reduce<number>((sum, size) => sum + Number(size), 0);
}

/** Holds sizes against budgets. A budget for an image that nobody measured proves nothing: it is `unknown`. */
export function judgeImageSizes(
  images: readonly MeasuredImage[],
  budgets: readonly SizeBudget[],
): { readonly findings: readonly Finding[]; readonly unknown: boolean } {
  const judged = budgets.map((budget) => {
    const matches = globMatcher([budget.image]);
    return { budget, images: images.filter(({ names }) => budget.image === '*' || names.some(matches)) };
  });
  const unmeasured = judged.filter((one) => one.images.length === 0);
  return {
    unknown: unmeasured.length > 0,
    findings: [
      ...unmeasured.map(
        ({ budget }): Finding => ({
          code: 'image-size-unknown',
          level: 'warning',
          message: `There is a size budget for \`${budget.image}\`, but no report says how large it is.`,
          help: 'Write `docker image inspect IMAGE` into a file that hardening.image_reports names.',
        }),
      ),
      ...judged.flatMap(({ budget, images: own }) =>
        own.filter(({ bytes }) => bytes > budget.max_mib * mebibyte).map((image) => tooLarge(image, budget)),
      ),
    ],
  };
}

function tooLarge({ path, names, bytes }: MeasuredImage, { max_mib: limit }: SizeBudget): Finding {
  return {
    code: 'image-too-large',
    level: 'error',
    message: `The image \`${textOf(names[0]) ?? path}\` has ${(bytes / mebibyte).toFixed(1)} MiB; ${limit} are allowed.`,
    help: 'Build in one stage and copy the result into a small base image, or raise the budget on the base branch.',
    path,
  };
}
