import type { FileTree } from '../../core/ports/system.ts';

/** Where the starter workflows go, by what they are called in the templates. */
export type WorkflowNames = Readonly<Record<(typeof starters)[number]['path'], string>>;

/** The starter workflows, and what only ours contain. */
const starters = [
  { path: '.github/workflows/gates.yml', mark: 'release-conductor/release-conductor' },
  { path: '.github/workflows/deploy.yml', mark: '.github/deploy/deployment.mjs' },
  { path: '.github/workflows/preview.yml', mark: '.github/preview/preview.mjs' },
] as const;

export const defaultNames = Object.fromEntries(starters.map(({ path }) => [path, path])) as WorkflowNames;

/** A workflow of the repository's own that has the name of a starter is somebody's pipeline: ours gets another name. */
export async function workflowNames(files: FileTree): Promise<WorkflowNames> {
  const named = starters.map(async ({ path, mark }) => {
    const found = await files.read(path);
    const isFree = found === null || new TextDecoder().decode(found).includes(mark);
    return [path, isFree ? path : path.replace('workflows/', 'workflows/conductor-')];
  });
  return Object.fromEntries(await Promise.all(named)) as WorkflowNames;
}

/** The text with the names that the workflows have here. */
export function withNames(text: string, names: WorkflowNames): string {
  return Object.entries(names).reduce((all, [path, name]) => all.replaceAll(path, name), text);
}
