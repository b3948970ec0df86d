const segment = /^[A-Za-z0-9_][A-Za-z0-9._+@=-]*$/;
/** Device names that Windows reserves, with any extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Why a path may not stand in the evidence zip, or null when it may. Allowed are relative paths of plain
 * ASCII segments with forward slashes: nothing that any system unpacks elsewhere than where it says.
 */
export function pathProblem(path: string): string | null {
  if (path.length === 0 || path.length > 255) return 'expected a path of 1 to 255 characters';
  for (const part of path.split('/')) {
    if (!segment.test(part)) return `segment ${JSON.stringify(part.slice(0, 64))} is not a plain name`;
    if (part.endsWith('.')) return `segment ${JSON.stringify(part)} ends with a dot`;
    if (reserved.test(part)) return `segment ${JSON.stringify(part)} is a reserved name on Windows`;
  }
  return null;
}
