import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { InputError } from '../../../core/errors.ts';
import type { ActionDefinition } from '../workflow/model.ts';
import { readAction } from '../workflow/read.ts';

/** Owner and name under which the bundle is published. */
const bundleRepository = 'release-conductor/release-conductor';

/** What `uses:` names. The sandbox has no access to other repositories, so every other action is an error. */
export type ActionReference =
  | { readonly kind: 'checkout' }
  | { readonly kind: 'upload-artifact' }
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'bundle'; readonly path: string; readonly ref: string };

/** Reads `uses:`. Throws `InputError` that names an action which the sandbox does not have. */
export function parseActionReference(uses: string): ActionReference {
  if (uses.startsWith('./')) return { kind: 'local', path: uses };
  const match = /^([^/@\s]+\/[^/@\s]+)((?:\/[^@\s]+)?)@(\S+)$/.exec(uses);
  const [, repository = '', path = '', ref = ''] = match ?? [];
  if (repository === 'actions/checkout' && path === '') return { kind: 'checkout' };
  if (repository === 'actions/upload-artifact' && path === '') return { kind: 'upload-artifact' };
  if (repository === bundleRepository) return { kind: 'bundle', path: path.slice(1), ref };
  throw new InputError(
    'action-not-available',
    `the action "${uses}" is not available in the sandbox`,
    `use a \`run:\` step, a local action (./…), actions/checkout, actions/upload-artifact, or one of ${bundleRepository}`,
  );
}

/** Reads the `action.yml` of a local or bundled action and answers with its definition and its folder. */
export async function loadAction(
  uses: string,
  reference: Extract<ActionReference, { readonly path: string }>,
  roots: { readonly workspace: string; readonly bundle: string },
): Promise<{ readonly definition: ActionDefinition; readonly directory: string }> {
  const root = reference.kind === 'local' ? roots.workspace : roots.bundle;
  const directory = resolve(root, reference.path);
  if (relative(root, directory).startsWith('..')) {
    throw new InputError(
      'action-outside',
      `the action "${uses}" lies outside its repository`,
      'correct the path',
    );
  }
  for (const file of ['action.yml', 'action.yaml']) {
    const content = await readFile(join(directory, file), 'utf8').catch(() => null);
    if (content === null) continue;
    const { action, problems } = await readAction(`${uses} (${file})`, content);
    if (action !== null) return { definition: action, directory };
    throw new InputError('action-unsupported', problems.join('; '), 'correct or simplify the action');
  }
  throw new InputError(
    'action-not-found',
    `the action "${uses}" has no action.yml${reference.kind === 'local' ? ' in the workspace' : ' in the bundle'}`,
    reference.kind === 'local' ? 'check out the repository first, or correct the path' : 'correct the path',
  );
}
