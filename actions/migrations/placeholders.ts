const hole = /\$\{([\w.:-]+)\}/g;

/** A name that Postgres' grammar takes in the place of `${name}`, of the same length. */
function markOf(name: string): string {
  return `p_${name.replace(/\W/g, '_')}_`;
}

/** The names of all `${placeholders}` in a text. */
export function placeholdersIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(hole)].map(([, name = '']) => name))];
}

/** A text of the same length in which each placeholder is a name. */
export function withMarks(text: string): string {
  return text.replace(hole, (_, name: string) => markOf(name));
}

/** The statement as its tool sends it: every mark is the value of its placeholder. */
export function withValues(sql: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(markOf(name), value), sql);
}
