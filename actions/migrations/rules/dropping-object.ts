import type { Node } from 'libpg-query';
import { statementsOf } from '../sql/by-kind.ts';
import { all, as, words } from '../sql/nodes.ts';
import type { Script } from '../sql/parse.ts';
import type { Rule } from './rule.ts';

/** What code asks for by its name; tables, columns, schemas and indexes have rules of their own. */
const kinds: Readonly<Record<string, string>> = {
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
  OBJECT_EXTENSION: 'extension',
  OBJECT_PUBLICATION: 'publication',
};

export const droppingObject: Rule = {
  name: 'dropping-object',
  level: 'warning',
  danger: 'The version that still runs asks for the view, function, sequence or type by its name and fails.',
  *check(script) {
    const drops = statementsOf(script, 'DropStmt', 'RenameStmt');
    if (drops.length === 0) return;
    const made = madeIn(script);
    for (const { node, start } of drops) {
      const drop = as(node, 'DropStmt');
      const rename = as(node, 'RenameStmt');
      const kind = kinds[drop?.removeType ?? rename?.renameType ?? ''];
      const names = (drop?.objects ?? (rename?.object === undefined ? [] : [rename.object])).map(nameOf);
      const old = rename?.relation?.relname === undefined ? names : [rename.relation.relname];
      const gone = old.filter((name) => !made.has(name));
      if (kind === undefined || gone.length === 0) continue;
      yield {
        at: start,
        message: `After this the ${kind} ${gone.map((name) => `\`${name}\``).join(', ')} is gone under its name: every running version that uses it fails, and so does a rollback.`,
        help: 'Release a version that no longer uses it first. To change it, use CREATE OR REPLACE, or make the new one in the same file.',
      };
    }
  },
};

/** What the script makes under a name, before or after it drops it. */
function madeIn(script: Script): ReadonlySet<string> {
  const names = statementsOf(
    script,
    'ViewStmt',
    'CreateFunctionStmt',
    'CreateTableAsStmt',
    'CreateSeqStmt',
    'CreateEnumStmt',
    'CreateRangeStmt',
    'CompositeTypeStmt',
    'CreateDomainStmt',
    'CreateExtensionStmt',
    'CreatePublicationStmt',
  ).map(({ node }) => {
    const parts =
      as(node, 'CreateFunctionStmt')?.funcname ??
      as(node, 'CreateEnumStmt')?.typeName ??
      as(node, 'CreateRangeStmt')?.typeName ??
      as(node, 'CreateDomainStmt')?.domainname;
    const relation =
      as(node, 'ViewStmt')?.view ??
      as(node, 'CreateTableAsStmt')?.into?.rel ??
      as(node, 'CreateSeqStmt')?.sequence ??
      as(node, 'CompositeTypeStmt')?.typevar;
    return (
      words(parts).at(-1) ??
      relation?.relname ??
      as(node, 'CreateExtensionStmt')?.extname ??
      as(node, 'CreatePublicationStmt')?.pubname
    );
  });
  return new Set(names.filter((name) => name !== undefined));
}

/** A list of words, a function with its arguments, a type, or one word. */
function nameOf(node: Node): string {
  const parts = as(node, 'List')?.items ??
    as(node, 'ObjectWithArgs')?.objname ??
    as(node, 'TypeName')?.names ?? [node];
  return words(all(parts, 'String').length > 0 ? parts : []).at(-1) ?? '';
}
