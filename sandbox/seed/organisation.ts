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
const templates = fileURLToPath(new URL('../../templates', import.meta.url));

/** What `init` would write there: the shop has the templates themselves, so that they are what every scenario runs. */
export const fromTemplates: Readonly<Record<string, string>> = {
  '.github/workflows/gates.yml': 'workflows/gates.yml',
  '.github/workflows/deploy.yml': 'workflows/deploy.yml',
  '.github/workflows/preview.yml': 'previews/preview.yml',
  '.github/deploy/deployment.mjs': 'deploy/deployment.mjs',
  '.github/preview/preview.mjs': 'previews/preview.mjs',
  '.github/preview/order.mjs': 'previews/order.mjs',
  '.github/pull_request_template.md': 'init/pull_request_template.md',
};

/** Every file of the product repository `acme/shop`, by path, with `{{NAME}}` replaced. */
export async function loadOrganisation(
  variables: OrganisationVariables,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const copied = Object.entries(fromTemplates).map(
    async ([path, template]) => [path, await readFile(join(templates, template))] as const,
  );
  return new Map([
    ...(await loadFolder(join(organisation, 'shop'), variables)),
    ...(await Promise.all(copied)),
  ]);
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
