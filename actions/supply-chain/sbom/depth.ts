/** Nesting deeper than any real document has; guards every walk against a crafted one. */
export const maxDepth = 64;

export function tooDeep(): RangeError {
  return new RangeError(`it is nested deeper than ${maxDepth} levels`);
}
