/** A column of a model: every name that it may have in the database when the model leaves that to a convention. */
export interface OrmColumn {
  readonly names: readonly string[];
  /** Byte of the source, for the line. */
  readonly at: number;
}

/** A class or object in which code says what its table looks like. */
export interface OrmModel {
  readonly name: string;
  /** Every name that its table may have; none when the model is only inherited from. */
  readonly tables: readonly string[];
  readonly columns: readonly OrmColumn[];
  /** Names of the models whose columns it has too. */
  readonly parents: readonly string[];
}

/** A column that a model promises not to touch any more: Rails' `ignored_columns`. */
export interface IgnoredColumn {
  readonly tables: readonly string[];
  readonly column: string;
}

/** What one source file says. */
export interface OrmSource {
  readonly models: readonly OrmModel[];
  readonly ignored?: readonly IgnoredColumn[];
}

/** Any column: the model takes some from where the reader does not see them. */
export const anyColumn = '*';

/** `OrderLine` and `orderLine` → `order_line`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

/** The usual English plural. Words of their own (`person`, `child`) have to be named in the model. */
export function plural(word: string): string {
  if (/[^aeiou]y$/i.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/i.test(word) ? `${word}es` : `${word}s`;
}

export const unique = (names: readonly string[]): string[] => [...new Set(names)];
