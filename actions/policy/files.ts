import type { FileTree } from '../../core/ports/system.ts';

export async function readText(files: FileTree, path: string): Promise<string | null> {
  const bytes = await files.read(path);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}
