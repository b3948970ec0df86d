import type { GateIo } from '../../../core/gate/gate.ts';
import type { FileTree } from '../../../core/ports/system.ts';
import type { Slo } from '../model.ts';
import type { DocumentSet } from './read.ts';

/** The documents of the change, with the objectives of its base branch where there is one. */
export async function readTrustedDocuments(
  globs: readonly string[],
  io: Pick<GateIo, 'files' | 'baseFiles'>,
): Promise<DocumentSet> {
  const head = await readDocumentsOf(io.files, globs);
  if (io.baseFiles === undefined) return head;
  const base = await readDocumentsOf(io.baseFiles, globs);
  return { ...head, slos: trustedSlos(head.slos, base.slos) };
}

async function readDocumentsOf(files: FileTree, globs: readonly string[]): Promise<DocumentSet> {
  const paths = await files.list(globs);
  if (paths.length === 0) return { slos: [], problems: [] };
  // Making the schemas of three languages takes a tenth of an action's start: only where there are documents.
  const { readDocuments } = await import('./read.ts');
  const read = paths.map(async (path) => ({ path, bytes: (await files.read(path)) ?? new Uint8Array() }));
  return readDocuments(await Promise.all(read));
}

/**
 * A change must not loosen the promise that it is judged by: an objective of the base branch stays as it is
 * there, also when the change edits or removes it; new ones are judged at once.
 */
function trustedSlos(head: readonly Slo[], base: readonly Slo[]): readonly Slo[] {
  const known = new Set(base.map(({ name }) => name));
  const meaning = ({ origin: _, notes: __, ...slo }: Slo): string => JSON.stringify(slo);
  const kept = base.map((slo) => {
    const changed = head.find(({ name }) => name === slo.name);
    if (changed === undefined)
      return noted(slo, 'this change removes the objective; it holds until that is merged');
    if (meaning(changed) === meaning(slo)) return changed;
    return noted(
      { ...slo, origin: changed.origin },
      'this change edits the objective; the base branch decides until that is merged',
    );
  });
  return [...kept, ...head.filter(({ name }) => !known.has(name))];
}

function noted(slo: Slo, note: string): Slo {
  return { ...slo, notes: [...slo.notes, note] };
}
