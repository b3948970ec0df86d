import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InternalError } from '../../core/errors.ts';

/** Addresses that the product repository's files name; they are known only when the sandbox runs. */
export interface OrganisationVariables {
  /** Where the platform's API and its metrics are. */
  readonly platformUrl: string;
  readonly productionUrl: string;
}

/** Changes to the product repository that a rehearsal plays. */
export const variants = ['unsafe-migration', 'safe-migration', 'faulty-version', 'by-hand'] as const;
export type Variant = (typeof variants)[number];

const organisation = fileURLToPath(new URL('../organisation', import.meta.url));

/** Every file of the product repository `acme/shop`, by path, with `{{NAME}}` replaced. */
export function loadOrganisation(variables: OrganisationVariables): Promise<ReadonlyMap<string, Uint8Array>> {
  return loadFolder(join(organisation, 'shop'), variables);
}

/** The files that a variant adds or replaces, by path. */
export function loadVariant(
  variant: Variant,
  variables: OrganisationVariables,
): Promise<ReadonlyMap<string, Uint8Array>> {
  return loadFolder(join(organisation, 'variants', variant), variables);
}

async function loadFolder(
  folder: string,
  variables: OrganisationVariables,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const values = valuesOf(variables);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const loaded = files.sort().map(async (file) => {
    const path = relative(folder, file).split(sep).join('/');
    return [path, Buffer.from(substitute(path, await readFile(file, 'utf8'), values))] as const;
  });
  return new Map(await Promise.all(loaded));
}

function valuesOf({ platformUrl, productionUrl }: OrganisationVariables): Readonly<Record<string, string>> {
  return {
    PLATFORM_URL: platformUrl,
    PLATFORM_HOST: new URL(platformUrl).host,
    PRODUCTION_URL: productionUrl,
    PRODUCTION_HOST: new URL(productionUrl).host,
  };
}

/** `{{NAME}}` in capitals only, so that workflow expressions stay as they are. */
function substitute(path: string, text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{([A-Z_]+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
    throw new InternalError(
      'SEED_VARIABLE',
      `${path} names {{${name}}}`,
      `use one of ${Object.keys(values).join(', ')}`,
    );
  });
}
