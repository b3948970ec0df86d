import type { ContractUse } from '../model.ts';
import { lineAt } from '../sql-in-code.ts';
import { djangoModels, mayHoldDjango } from './django.ts';
import { drizzleModels } from './drizzle.ts';
import type { OrmColumn, OrmModel, OrmSource } from './model.ts';
import { railsSource } from './rails.ts';
import { mayHoldSequelize, sequelizeModels } from './sequelize.ts';
import { mayHoldSqlalchemy, sqlalchemyModels } from './sqlalchemy.ts';
import { structureModels } from './structure.ts';
import { parseSource } from './syntax.ts';
import { mayHoldEntities, typeormModels } from './typeorm.ts';

/** What one file says, with the file, so that places can be named. */
export interface OrmFile extends OrmSource {
  readonly path: string;
  readonly text: string;
}

/** The models in a source file: Drizzle, TypeORM, Sequelize, Django, SQLAlchemy, Rails; none in any other. */
export async function readOrmFile(path: string, text: string): Promise<OrmFile> {
  return { path, text, ...(await sourceOf(path, text)) };
}

async function sourceOf(path: string, text: string): Promise<OrmSource> {
  if (/(^|\/)structure\.sql$/.test(path)) return { models: await structureModels(text) };
  if (path.endsWith('.rb')) return railsSource(text, path);
  if (path.endsWith('.py')) return pythonSource(path, text);
  if (/\.[cm]?[jt]sx?$/.test(path)) return scriptSource(path, text);
  return { models: [] };
}

async function pythonSource(path: string, text: string): Promise<OrmSource> {
  const django = mayHoldDjango(text);
  const sqlalchemy = mayHoldSqlalchemy(text);
  if (!django && !sqlalchemy) return { models: [] };
  const file = await parseSource(text, 'python');
  return {
    models: [...(django ? djangoModels(file, path) : []), ...(sqlalchemy ? sqlalchemyModels(file) : [])],
  };
}

async function scriptSource(path: string, text: string): Promise<OrmSource> {
  const drizzle = /\bpg(Table|Schema)\b/.test(text);
  const typeorm = mayHoldEntities(text);
  const sequelize = mayHoldSequelize(text);
  if (!drizzle && !typeorm && !sequelize) return { models: [] };
  const file = await parseSource(text, path.endsWith('x') ? 'tsx' : 'typescript');
  return {
    models: [
      ...(drizzle ? drizzleModels(file) : []),
      ...(typeorm ? typeormModels(file) : []),
      ...(sequelize ? sequelizeModels(file) : []),
    ],
  };
}

/** What the models of all files read and write: an ORM names every column of its model in its queries. */
export function ormUses(files: readonly OrmFile[]): ContractUse[] {
  const byName = new Map<string, { model: OrmModel; file: OrmFile }>();
  for (const file of files) for (const model of file.models) byName.set(model.name, { model, file });
  const ignored = files.flatMap((file) => file.ignored ?? []);
  return files.flatMap((file) =>
    file.models
      .filter(({ tables }) => tables.length > 0)
      .flatMap((model) => columnsOf({ model, file }, byName, new Set()).flatMap((one) => usesOf(model, one)))
      .filter(
        ({ table, column }) => !ignored.some((one) => one.column === column && one.tables.includes(table)),
      ),
  );
}

interface PlacedColumn extends OrmColumn {
  readonly by: string;
}

/** Own columns and those of everything that the model inherits from, in whatever file. */
function columnsOf(
  { model, file }: { readonly model: OrmModel; readonly file: OrmFile },
  byName: ReadonlyMap<string, { readonly model: OrmModel; readonly file: OrmFile }>,
  seen: Set<string>,
): PlacedColumn[] {
  if (seen.has(model.name)) return [];
  seen.add(model.name);
  const own = model.columns.map((one) => ({ ...one, by: `${file.path}:${lineAt(file.text, one.at)}` }));
  const inherited = model.parents.flatMap((name) => {
    const parent = byName.get(name);
    return parent === undefined ? [] : columnsOf(parent, byName, seen);
  });
  return [...own, ...inherited];
}

function usesOf({ tables }: OrmModel, { names, by }: PlacedColumn): ContractUse[] {
  return tables.flatMap((table) =>
    names.flatMap((column) =>
      (['read', 'write'] as const).map((access) => ({ table, column, access, by, declared: false })),
    ),
  );
}

/** Signs of mappers whose models are not read, by the name that people know them by. */
const unread: readonly (readonly [name: string, file: RegExp, sign: RegExp])[] = [
  ['JPA or Hibernate', /\.(java|kt)$/, /@Entity\b/],
  ['GORM', /\.go$/, /`[^`]*\bgorm:"/],
  ['Ent', /\.go$/, /\bent\.Schema\b/],
  ['Entity Framework', /\.cs$/, /\bDbSet</],
  ['Eloquent', /\.php$/, /\bextends\s+Model\b/],
  ['Doctrine', /\.php$/, /ORM\\(Entity|Column|Table)\b/],
  ['Ecto', /\.exs?$/, /\buse\s+Ecto\.Schema\b/],
  ['Diesel', /\.rs$/, /\bdiesel::table!|\btable!\s*\{/],
  ['SeaORM', /\.rs$/, /\bDeriveEntityModel\b/],
  ['MikroORM', /\.[cm]?[jt]s$/, /@mikro-orm\//],
  ['Objection', /\.[cm]?[jt]s$/, /\bfrom\s+['"]objection['"]|require\(['"]objection['"]\)/],
  ['Tortoise', /\.py$/, /\btortoise\b.*\bmodels?\b/],
  ['Peewee', /\.py$/, /\bpeewee\b/],
];

/** The mapper of this file, when it is one whose models nobody reads. */
export function unreadMapper(path: string, text: string): string | null {
  return unread.find(([, file, sign]) => file.test(path) && sign.test(text))?.[0] ?? null;
}
