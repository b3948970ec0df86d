import type { FileTree } from '../../core/ports/system.ts';

/** Where GitHub looks for owners, in its order. */
const codeownersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** The CODEOWNERS file that GitHub would use. */
export async function readCodeowners(
  files: FileTree,
): Promise<{ readonly path: string; readonly text: string } | null> {
  for (const path of codeownersPaths) {
    const text = await readText(files, path);
    if (text !== null) return { path, text };
  }
  return null;
}

export async function readText(files: FileTree, path: string): Promise<string | null> {
  const bytes = await files.read(path);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}
