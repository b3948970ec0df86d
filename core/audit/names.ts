import type { AuditEntry } from './entry.ts';

/** The action of the entry that tells a log of its repository's new name. */
export const renamedAction = 'repository.renamed';

type Named = Pick<AuditEntry, 'repository' | 'action' | 'data'>;

/**
 * Whether an entry belongs behind one of a repository called `name`: it bears that name, or it is the one that tells of
 * the new name.
 */
export function followsName(name: string, { repository, action, data }: Named): boolean {
  if (repository === name) return true;
  return action === renamedAction && data.from === name && data.to === repository;
}

/** Every name that the repository of these entries had, oldest first; the last one is the name that it had last. */
export function namesOf(entries: readonly Named[]): readonly string[] {
  const names: string[] = [];
  for (const { repository, action, data } of entries) {
    if (action === renamedAction && typeof data.from === 'string') names.push(data.from);
    names.push(repository);
  }
  return names.filter((name, at) => names.lastIndexOf(name) === at);
}
