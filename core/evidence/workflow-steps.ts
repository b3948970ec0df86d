import { parse } from 'yaml';

/**
 * Whether a workflow uses actions or workflows of the checked-out repository (`uses: ./…`). Whatever cannot be read
 * counts as doing so.
 */
export function hasLocalSteps(workflow: string): boolean {
  try {
    return namesLocal(parse(workflow, { maxAliasCount: 0 }));
  } catch {
    return true;
  }
}

function namesLocal(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(
    ([key, member]) =>
      (key === 'uses' && typeof member === 'string' && /^\.{1,2}\//.test(member.trim())) ||
      namesLocal(member),
  );
}
