import { type ClassSource, classesOf, decoratorName, propertyOf } from './javascript.ts';
import { type OrmColumn, type OrmModel, snakeCase } from './model.ts';
import { argumentsOf, type Syntax, stringOf } from './syntax.ts';

const columns =
  /^(Column|PrimaryColumn|PrimaryGeneratedColumn|CreateDateColumn|UpdateDateColumn|DeleteDateColumn|VersionColumn|ObjectIdColumn|ViewColumn)$/;

/** Entities of TypeORM, by its default naming strategy: tables in snake case, columns as their property. */
export function typeormModels(file: Syntax): OrmModel[] {
  return [...classesOf(file)].flatMap((one): OrmModel[] => {
    const entity = one.decorators.find((decorator) =>
      /^(Entity|ChildEntity)$/.test(decoratorName(decorator)),
    );
    const own = one.members.flatMap(columnOf);
    // A class without a table may be what an entity inherits from.
    if (entity === undefined && own.length === 0) return [];
    return [
      {
        name: one.name,
        tables: entity === undefined ? [] : tablesOf(entity, one),
        columns: own,
        parents: one.parent === undefined ? [] : [one.parent],
      },
    ];
  });
}

function tablesOf(entity: Syntax, { name }: ClassSource): string[] {
  const [first, second] = argumentsOf(entity);
  const options = first?.kind === 'ObjectExpression' ? first : second;
  const table = stringOf(first) ?? stringOf(propertyOf(options, 'name')) ?? snakeCase(name);
  const schema = stringOf(propertyOf(options, 'schema'));
  return [schema === undefined || schema === 'public' ? table : `${schema}.${table}`];
}

function columnOf({ name, decorators, at }: ClassSource['members'][number]): OrmColumn[] {
  const column = decorators.find((decorator) => columns.test(decoratorName(decorator)));
  if (column !== undefined) {
    const options = argumentsOf(column).findLast(({ kind }) => kind === 'ObjectExpression');
    return [{ names: [stringOf(propertyOf(options, 'name')) ?? name], at }];
  }
  const join = decorators.find((decorator) => decoratorName(decorator) === 'JoinColumn');
  const owns = join ?? decorators.find((decorator) => decoratorName(decorator) === 'ManyToOne');
  if (owns === undefined) return [];
  const [options] = argumentsOf(join);
  const each = options?.kind === 'ArrayExpression' ? options.children : [options];
  const named = each.flatMap((one) => stringOf(propertyOf(one, 'name')) ?? []);
  return [{ names: named.length > 0 ? named : [`${name}Id`], at }];
}

/** Whether the file is worth parsing. */
export function mayHoldEntities(text: string): boolean {
  return /@(Column|Entity|PrimaryGeneratedColumn|ManyToOne|JoinColumn)\b/.test(text) && /typeorm/.test(text);
}
