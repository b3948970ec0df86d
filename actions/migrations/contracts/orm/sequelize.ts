import { classesOf, decoratorName, objectOf, propertyOf } from './javascript.ts';
import { anyColumn, type OrmColumn, type OrmModel, plural, snakeCase, unique } from './model.ts';
import { argumentsOf, calleeOf, nodesOf, type Syntax, stringOf } from './syntax.ts';

/**
 * Models of Sequelize: `sequelize.define('Order', { … })`, `Order.init({ … }, { … })`, and the decorators of
 * sequelize-typescript. `underscored` may be set where the connection is made, so both spellings count.
 */
export function sequelizeModels(file: Syntax): OrmModel[] {
  const calls = [...nodesOf(file, 'CallExpression')].flatMap((call): OrmModel[] => {
    const callee = calleeOf(call);
    const given = argumentsOf(call);
    if (/(^|\.)define$/.test(callee) && stringOf(given[0]) !== undefined)
      return [modelOf(stringOf(given[0]) ?? '', given[1], given[2], call)];
    if (/\.init$/.test(callee) && given[0]?.kind === 'ObjectExpression' && given.length > 1) {
      const name = stringOf(propertyOf(given[1], 'modelName')) ?? callee.split('.').at(-2) ?? '';
      return [modelOf(name === 'super' ? '' : name, given[0], given[1], call)];
    }
    return [];
  });
  return [...calls, ...decorated(file)];
}

function modelOf(
  name: string,
  attributes: Syntax | undefined,
  options: Syntax | undefined,
  call: Syntax,
): OrmModel {
  const { properties, spreads } = objectOf(attributes);
  const columns = properties.map(({ key, value, at }): OrmColumn => {
    const field = stringOf(propertyOf(value, 'field'));
    return { names: field === undefined ? unique([key, snakeCase(key)]) : [field], at };
  });
  const unseen = attributes?.kind === 'ObjectExpression' && spreads.length === 0 ? [] : [anyColumn];
  return {
    name,
    tables: tablesOf(name, options),
    columns: [
      ...columns,
      ...implied(options, call.at),
      ...unseen.map((one) => ({ names: [one], at: call.at })),
    ],
    parents: [],
  };
}

function tablesOf(name: string, options: Syntax | undefined): string[] {
  const given = propertyOf(options, 'tableName');
  const table = stringOf(given) ?? stringOf(propertyOf(given, 'tableName'));
  const schema = stringOf(propertyOf(options, 'schema')) ?? stringOf(propertyOf(given, 'schema'));
  const prefix = schema === undefined || schema === 'public' ? '' : `${schema}.`;
  const frozen = propertyOf(options, 'freezeTableName')?.text === 'true';
  const usual = frozen ? [name] : [plural(name), plural(snakeCase(name)), name];
  return unique(table === undefined ? usual : [table]).map((one) => `${prefix}${one}`);
}

/** The key and the times that Sequelize adds by itself. */
function implied(options: Syntax | undefined, at: number): OrmColumn[] {
  const times = propertyOf(options, 'timestamps')?.text === 'false' ? [] : ['createdAt', 'updatedAt'];
  return ['id', ...times].map((name) => ({ names: unique([name, snakeCase(name)]), at }));
}

function decorated(file: Syntax): OrmModel[] {
  return [...classesOf(file)].flatMap((one): OrmModel[] => {
    const table = one.decorators.find((decorator) => decoratorName(decorator) === 'Table');
    if (table === undefined) return [];
    const columns = one.members.flatMap((member): OrmColumn[] => {
      const known = member.decorators.filter((decorator) =>
        /^(Column|PrimaryKey|ForeignKey|CreatedAt|UpdatedAt|DeletedAt)$/.test(decoratorName(decorator)),
      );
      const field = known.flatMap(
        (decorator) => stringOf(propertyOf(argumentsOf(decorator)[0], 'field')) ?? [],
      );
      if (known.length === 0) return [];
      return [
        { names: field.length > 0 ? field : unique([member.name, snakeCase(member.name)]), at: member.at },
      ];
    });
    const [options] = argumentsOf(table);
    return [
      {
        name: one.name,
        tables: tablesOf(one.name, options),
        columns: [...columns, ...implied(options, one.at)],
        parents: one.parent === undefined ? [] : [one.parent],
      },
    ];
  });
}

export function mayHoldSequelize(text: string): boolean {
  return /sequelize/i.test(text) && /\bdefine\s*\(|\.init\s*\(|@Table\b/.test(text);
}
