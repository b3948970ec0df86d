import { z } from 'zod';
import type { FileTree } from '../../../core/ports/system.ts';
import { type FileProblem, parseWith } from '../changes/read.ts';
import type { ContractUse } from './model.ts';
import { type OrmFile, ormUses, readOrmFile, unreadMapper } from './orm/read.ts';
import { prismaUses } from './prisma.ts';
import { sqlUses } from './sql-in-code.ts';

const columnsSchema = z.record(z.string(), z.array(z.string()).min(1));
const contractSchema = z.strictObject({
  version: z.literal(1),
  service: z.string().optional(),
  reads: columnsSchema.default({}).describe('By table, the columns that are read; `*` for all'),
  writes: columnsSchema.default({}).describe('By table, the columns that are written; `*` for all'),
});

export interface ReadContracts {
  readonly uses: readonly ContractUse[];
  /** Files that declare a contract: where there is one, it is taken to be complete. */
  readonly declaredIn: readonly string[];
  readonly problems: readonly FileProblem[];
  /** Source files beyond the limit, which nobody looked into. */
  readonly notSearched: number;
  /** Mappers whose models are not read, each with a file that shows it. */
  readonly notRead: readonly { readonly mapper: string; readonly path: string }[];
}

export const noContracts: ReadContracts = {
  uses: [],
  declaredIn: [],
  problems: [],
  notSearched: 0,
  notRead: [],
};

/** Files of source code that are looked into, and bytes of each, at most. */
const limits = { files: 5_000, bytes: 512 * 1024 } as const;

/** What the files of the version before say it reads and writes: declared contracts, SQL in code, models of ORMs. */
export async function readContracts(
  options: { readonly declared: readonly string[]; readonly code: readonly string[] },
  base: FileTree,
): Promise<ReadContracts> {
  const uses: ContractUse[] = [];
  const problems: FileProblem[] = [];
  const models: OrmFile[] = [];
  const notRead = new Map<string, string>();
  const declared = await base.list(options.declared);
  for (const path of declared) {
    const read = parseWith(contractSchema, await textOf(base, path));
    if ('problem' in read) problems.push({ path, message: read.problem });
    else uses.push(...declaredUses(read.value, path));
  }
  const code = options.code.length === 0 ? [] : await base.list(options.code);
  for (const path of code.slice(0, limits.files)) {
    // A dump says what is there, not who uses it: where contracts are declared, they know better.
    if (declared.includes(path) || (declared.length > 0 && isDump(path))) continue;
    const text = await textOf(base, path);
    if (path.endsWith('.prisma')) uses.push(...prismaUses(text, path));
    else if (!isDump(path)) uses.push(...(await sqlUses(text, path)));
    const orm = await readOrmFile(path, text);
    if (orm.models.length > 0 || orm.ignored !== undefined) models.push(orm);
    const mapper = unreadMapper(path, text);
    if (mapper !== null && !notRead.has(mapper)) notRead.set(mapper, path);
  }
  uses.push(...ormUses(models));
  return {
    uses,
    declaredIn: declared,
    problems,
    notSearched: Math.max(0, code.length - limits.files),
    notRead: [...notRead].map(([mapper, path]) => ({ mapper, path })),
  };
}

/** A dump makes tables; it does not use them. */
const isDump = (path: string): boolean => /(^|\/)(structure\.sql|schema\.rb)$/.test(path);

async function textOf(files: FileTree, path: string): Promise<string> {
  const bytes = await files.read(path);
  return new TextDecoder().decode(bytes?.subarray(0, limits.bytes) ?? new Uint8Array());
}

function declaredUses(contract: z.infer<typeof contractSchema>, by: string): ContractUse[] {
  const list = (columns: z.infer<typeof columnsSchema>, access: ContractUse['access']): ContractUse[] =>
    Object.entries(columns).flatMap(([table, names]) =>
      names.map((column) => ({
        table: table.replace(/^public\./, ''),
        column,
        access,
        by,
        declared: true,
      })),
    );
  return [...list(contract.reads, 'read'), ...list(contract.writes, 'write')];
}
