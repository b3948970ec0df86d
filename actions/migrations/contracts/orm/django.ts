import { type OrmColumn, type OrmModel, unique } from './model.ts';
import { calledName, type PythonClass, pythonArguments, pythonClasses } from './python.ts';
import { type Syntax, stringOf } from './syntax.ts';

/** Models of Django. Without `db_table` a table is called `<app>_<model>`, and the app like the folder of models.py. */
export function djangoModels(file: Syntax, path: string): OrmModel[] {
  return [...pythonClasses(file)].flatMap((one): OrmModel[] => {
    const columns = one.assignments.flatMap(columnOf);
    const isModel = one.parents.includes('Model') || columns.length > 0;
    if (!isModel) return [];
    const meta = new Map(metaOf(one)?.assignments.map(({ name, value }) => [name, value]) ?? []);
    const parents = one.parents.filter((parent) => parent !== 'Model');
    const own = columns.length > 0 || parents.length > 0 ? columns : [];
    const abstract = meta.get('abstract')?.text === 'True';
    const label = stringOf(meta.get('app_label')) ?? appOf(path);
    const table = stringOf(meta.get('db_table')) ?? `${label}_${one.name.toLowerCase()}`;
    const id: OrmColumn[] = abstract ? [] : [{ names: ['id'], at: one.at }];
    return [
      {
        name: one.name,
        tables: abstract ? [] : [table.replaceAll('"', '')],
        columns: [...own, ...id],
        parents,
      },
    ];
  });
}

const metaOf = (one: PythonClass): PythonClass | undefined => one.inner.find(({ name }) => name === 'Meta');

function columnOf({ name, value, at }: PythonClass['assignments'][number]): OrmColumn[] {
  const field = calledName(value);
  if (!/(Field|ForeignKey)$/.test(field) || /^(ManyToMany|GenericRelation|GenericForeignKey)/.test(field))
    return [];
  const named = stringOf(pythonArguments(value).keywords.get('db_column'));
  const refers = /(ForeignKey|OneToOneField)$/.test(field);
  return [{ names: named === undefined ? unique([refers ? `${name}_id` : name]) : [named], at }];
}

/** `shop/models.py` and `shop/models/order.py` are of the app `shop`. */
function appOf(path: string): string {
  const folders = path.split('/').slice(0, -1);
  return (folders.at(-1) === 'models' ? folders.at(-2) : folders.at(-1)) ?? '';
}

export function mayHoldDjango(text: string): boolean {
  return /django/.test(text) && /\bmodels\.|Field\s*\(/.test(text);
}
