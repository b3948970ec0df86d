import { anyColumn, type OrmColumn, type OrmModel, snakeCase } from './model.ts';
import { calledName, type PythonClass, pythonArguments, pythonClasses } from './python.ts';
import { nodesOf, type Syntax, stringOf } from './syntax.ts';

/** Models of SQLAlchemy (declarative and `Table(…)`), Flask-SQLAlchemy and SQLModel. */
export function sqlalchemyModels(file: Syntax): OrmModel[] {
  return [
    ...[...pythonClasses(file)].flatMap(classModel),
    ...[...nodesOf(file, 'CallExpression')].flatMap(tableModel),
  ];
}

function classModel(one: PythonClass): OrmModel[] {
  const isSqlModel = one.keywords.get('table')?.text === 'True';
  const columns = one.assignments.flatMap((assignment) => columnOf(assignment, isSqlModel));
  const named = one.assignments.find(({ name }) => name === '__tablename__');
  const table = stringOf(named?.value);
  const usual = isSqlModel
    ? [one.name.toLowerCase()]
    : one.parents.includes('Model')
      ? [snakeCase(one.name)]
      : [];
  const tables = table === undefined ? usual : [table];
  if (tables.length === 0 && columns.length === 0) return [];
  const schema = schemaOf(one.assignments.find(({ name }) => name === '__table_args__')?.value);
  return [
    {
      name: one.name,
      tables: tables.map((name) =>
        schema === undefined || schema === 'public' ? name : `${schema}.${name}`,
      ),
      columns,
      parents: one.parents,
    },
  ];
}

function columnOf(
  { name, value, annotation, at }: PythonClass['assignments'][number],
  isSqlModel: boolean,
): OrmColumn[] {
  if (name.startsWith('__')) return [];
  const called = calledName(value);
  if (/^(relationship|Relationship|association_proxy|column_property|hybrid_property|synonym)$/.test(called))
    return [];
  const mapped = /^(Column|mapped_column)$/.test(called);
  const annotated = /^(orm\.)?Mapped\[/.test(annotation) || (isSqlModel && annotation !== '');
  if (!mapped && !annotated) return [];
  return [{ names: [(mapped ? stringOf(pythonArguments(value).positional[0]) : undefined) ?? name], at }];
}

/** `Table('orders', metadata, Column('id', Integer), schema='shop')`. */
function tableModel(call: Syntax): OrmModel[] {
  if (calledName(call) !== 'Table') return [];
  const { positional, keywords } = pythonArguments(call);
  const table = stringOf(positional[0]);
  if (table === undefined) return [];
  const columns = positional.slice(2).flatMap((one): OrmColumn[] => {
    if (calledName(one) !== 'Column') return [];
    const name = stringOf(pythonArguments(one).positional[0]);
    return [{ names: [name ?? anyColumn], at: one.at }];
  });
  const schema = stringOf(keywords.get('schema'));
  const tables = [schema === undefined || schema === 'public' ? table : `${schema}.${table}`];
  return [{ name: table, tables, columns, parents: [] }];
}

/** `{'schema': 'shop'}`, alone or at the end of a tuple. */
function schemaOf(value: Syntax | undefined): string | undefined {
  const found = /['"]schema['"]\s*:\s*['"](\w+)['"]/.exec(value?.text ?? '');
  return found?.[1];
}

export function mayHoldSqlalchemy(text: string): boolean {
  return (
    /sqlalchemy|sqlmodel/i.test(text) &&
    /Column|mapped_column|Mapped\[|table\s*=\s*True|\bTable\s*\(/.test(text)
  );
}
