import {
  type IgnoredColumn,
  type OrmColumn,
  type OrmModel,
  type OrmSource,
  plural,
  snakeCase,
  unique,
} from './model.ts';

/**
 * `db/schema.rb`, which Rails writes itself in one form, and models that say which columns they ignore. Active Record
 * reads the columns of a table when it starts and names them in every INSERT: each one counts as used until a model
 * ignores it.
 */
export function railsSource(text: string, path: string): OrmSource {
  return /(^|\/)schema\.rb$/.test(path)
    ? { models: schemaModels(text) }
    : { models: [], ignored: ignoredIn(text) };
}

const table = /^([ \t]*)create_table\s+["':]?([\w.]+)["']?([^\n]*?)\s+do\s+\|t\|[^\n]*\n([\s\S]*?)^\1end\b/gm;
const column = /^[ \t]*t\.(\w+)\s+["':]([\w]+)["']?/gm;

function schemaModels(text: string): OrmModel[] {
  return [...text.matchAll(table)].map((match) => {
    const [whole, , name = '', options = '', body = ''] = match;
    const from = match.index + whole.length - body.length;
    const columns = [...body.matchAll(column)].flatMap(([, type = '', own = ''], _index): OrmColumn[] => {
      if (/^(index|check_constraint|foreign_key|unique_constraint|exclusion_constraint)$/.test(type))
        return [];
      const names = /^(references|belongs_to)$/.test(type) ? [`${own}_id`] : [own];
      return [{ names, at: from + body.indexOf(own) }];
    });
    const times = /^[ \t]*t\.timestamps\b/m.test(body) ? ['created_at', 'updated_at'] : [];
    const key = /\bid:\s*false\b/.test(options)
      ? []
      : [/\bprimary_key:\s*["':](\w+)/.exec(options)?.[1] ?? 'id'];
    return {
      name,
      tables: [name.replace(/^public\./, '')],
      columns: [...columns, ...[...key, ...times].map((one) => ({ names: [one], at: match.index }))],
      parents: [],
    };
  });
}

const ignores = /self\.ignored_columns\s*(?:\+=|=|<<)\s*([^\n]*(?:\n[^\n]*?)*?[\])}]|["':]\w+["']?)/g;

function ignoredIn(text: string): IgnoredColumn[] {
  const name = /^\s*class\s+([\w:]+)/m.exec(text)?.[1]?.split('::').at(-1);
  if (name === undefined) return [];
  const named = /self\.table_name\s*=\s*["']([\w.]+)["']/.exec(text)?.[1];
  const tables = unique(named === undefined ? [plural(snakeCase(name)), snakeCase(name)] : [named]);
  return [...text.matchAll(ignores)].flatMap(([, list = '']) =>
    [...list.replace(/^%[wi]/, '').matchAll(/\w+/g)].map(([one]) => ({ tables, column: one })),
  );
}
