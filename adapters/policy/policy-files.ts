import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import { InputError } from '../../core/errors.ts';

/** Policies as files and documents, and the digest that evidence names them by. */
export interface PolicyBundle {
  readonly modules: readonly { readonly file: string; readonly source: string }[];
  /** Documents below `data`, from `data.json`. */
  readonly data: unknown;
  /** Over the names and texts of all modules and over the data: equal bundles, equal digests. */
  readonly sha256: string;
}

/** The policies that come with the Conductor. */
export const defaultPolicyFolder = join(import.meta.dirname, '..', '..', 'policies');

/** Reads the `*.rego` files of a folder, tests left out, and its `data.json`. */
export function readPolicyBundle(folder: string = defaultPolicyFolder): PolicyBundle {
  const names = readdirSync(folder).filter((name) => name.endsWith('.rego') && !name.endsWith('_test.rego'));
  if (names.length === 0) {
    throw new InputError(
      'POLICY_MISSING',
      `no policy (*.rego) in ${folder}`,
      'name the folder that holds the policies',
    );
  }
  const modules = names
    .sort()
    .map((name) => ({ file: name, source: readFileSync(join(folder, name), 'utf8') }));
  const data: unknown = readdirSync(folder).includes('data.json')
    ? JSON.parse(readFileSync(join(folder, 'data.json'), 'utf8'))
    : {};
  return policyBundle(modules, data);
}

/** A bundle of modules at hand. */
export function policyBundle(modules: PolicyBundle['modules'], data: unknown = {}): PolicyBundle {
  const digests = modules.map(({ file, source }) => ({ file, sha256: sha256(source) }));
  return { modules, data, sha256: sha256(canonicalJson({ modules: digests, data })) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
