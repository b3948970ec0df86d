/**
 * Tells whether a path matches one of the globs: `*` and `?` stay inside a folder, a `**` segment spans any
 * number of folders, `{a,b}` means either. Everything else is literal; dot files match like any other.
 * A glob that starts with `!` takes away what the earlier ones matched.
 */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const rules = globs.map((glob) => ({
    keep: !glob.startsWith('!'),
    patterns: expandBraces(glob.replace(/^!/, '').replace(/^\.\//, '')).map((one) => one.split('/')),
  }));
  return (path) => {
    const segments = path.split('/');
    let matched = false;
    for (const rule of rules) {
      if (rule.keep === matched) continue;
      if (rule.patterns.some((pattern) => matchesSegments(pattern, segments))) matched = rule.keep;
    }
    return matched;
  };
}

/** Whether the text is a pattern at all, rather than the name of one file. */
export function isGlob(text: string): boolean {
  return /[*?{]/.test(text);
}

/** At most 64 alternatives: a longer list is a mistake or an attack. */
export function expandBraces(glob: string): string[] {
  const open = glob.indexOf('{');
  const close = glob.indexOf('}', open);
  if (open < 0 || close < 0) return [glob];
  const before = glob.slice(0, open);
  const choices = glob.slice(open + 1, close).split(',');
  const rest = expandBraces(glob.slice(close + 1));
  return choices.flatMap((choice) => rest.map((tail) => before + choice + tail)).slice(0, 64);
}

/**
 * Tells whether the folders and the name of a path match these, one by one; `**` stands for any number of them.
 * Dynamic programming over (pattern, segment): no pattern makes it slower than their product.
 */
export function matchesSegments(pattern: readonly string[], segments: readonly string[]): boolean {
  let reachable = new Set([0]);
  for (const part of pattern) {
    const next = new Set<number>();
    for (const from of reachable) {
      if (part === '**') for (let to = from; to <= segments.length; to++) next.add(to);
      else if (from < segments.length && matchText(part, segments[from] ?? '')) next.add(from + 1);
    }
    reachable = next;
  }
  return reachable.has(segments.length);
}

/** `*` and `?` inside one segment, greedy with one point of return: linear in practice, never exponential. */
function matchText(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
