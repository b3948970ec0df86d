import type { Node } from 'libpg-query';
import { statementsOf } from './by-kind.ts';
import { all, as, words } from './nodes.ts';
import type { Script } from './parse.ts';

/** A statement that acts on the server or its machine rather than on the database. */
export interface ServerAccess {
  /** Byte of the statement. */
  readonly at: number;
  /** The statement in the words of the manual. */
  readonly what: string;
}

/**
 * Statements that run programs or read and write files where the server runs, load code into it, or change all of
 * its databases. A dry run never executes them. Text inside functions and DO blocks is searched, not parsed: what
 * such code puts together when it runs stays unseen.
 */
export function serverAccess(script: Script): readonly ServerAccess[] {
  return statementsOf(script, ...reaching).flatMap(({ node, start }) => {
    const what = reachOf(node);
    return what === null ? [] : [{ at: start, what }];
  });
}

const reaching = [
  'CopyStmt',
  'LoadStmt',
  'AlterSystemStmt',
  'CreatedbStmt',
  'DropdbStmt',
  'CreateTableSpaceStmt',
  'DropTableSpaceStmt',
  'CreateFunctionStmt',
  'DoStmt',
  'SelectStmt',
] as const;

function reachOf(node: Node): string | null {
  const copy = as(node, 'CopyStmt');
  if (copy?.is_program) return `COPY ${copy.is_from ? 'FROM' : 'TO'} PROGRAM`;
  if (copy?.filename !== undefined) return `COPY ${copy.is_from ? 'FROM' : 'TO'} a file of the server`;
  if (as(node, 'LoadStmt')) return 'LOAD';
  if (as(node, 'AlterSystemStmt')) return 'ALTER SYSTEM';
  if (as(node, 'CreatedbStmt')) return 'CREATE DATABASE';
  if (as(node, 'DropdbStmt')) return 'DROP DATABASE';
  if (as(node, 'CreateTableSpaceStmt')) return 'CREATE TABLESPACE';
  if (as(node, 'DropTableSpaceStmt')) return 'DROP TABLESPACE';
  return routineReach(node) ?? callReach(node);
}

/** Languages whose functions can do what the server's account can (those that only a superuser may use). */
const untrusted = /^(c|internal|\w+u)$/i;
const programInText = /\bcopy\b[^;]*\b(?:from|to)\s+program\b/i;

function routineReach(node: Node): string | null {
  const options = as(node, 'CreateFunctionStmt')?.options ?? as(node, 'DoStmt')?.args;
  for (const { defname, arg } of all(options, 'DefElem')) {
    const language = defname === 'language' ? (as(arg, 'String')?.sval ?? '') : '';
    if (untrusted.test(language)) return `Code in the untrusted language ${language}`;
    const body = [as(arg, 'String')?.sval ?? '', ...words(as(arg, 'List')?.items)].join(' ');
    if (defname === 'as' && programInText.test(body)) return 'COPY … PROGRAM inside a function';
  }
  return null;
}

const fileFunctions =
  /^(pg_read_file|pg_read_binary_file|pg_ls_dir|pg_file_write|lo_import|lo_export|pg_reload_conf|pg_terminate_backend|pg_rotate_logfile)$/;

/** `SELECT lo_import('/etc/passwd')`: calls that stand in the list of a query. */
function callReach(node: Node): string | null {
  for (const { val } of all(as(node, 'SelectStmt')?.targetList, 'ResTarget')) {
    const name = words(as(val, 'FuncCall')?.funcname).at(-1) ?? '';
    if (fileFunctions.test(name)) return `${name}()`;
  }
  return null;
}
