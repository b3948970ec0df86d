import type { ContractUse } from './model.ts';

const model = /^model\s+(\w+)\s*\{([^}]*)\}/gm;

/** Tables and columns of the models in a Prisma schema: Prisma names every column in every query. */
export function prismaUses(text: string, path: string): readonly ContractUse[] {
  const models = [...text.matchAll(model)];
  const names = new Set(models.map(([, name]) => name));
  return models.flatMap((match) => {
    const body = match[2] ?? '';
    const table = /@@map\("([^"]+)"\)/.exec(body)?.[1] ?? match[1] ?? '';
    const firstLine = text.slice(0, match.index).split('\n').length;
    return body.split('\n').flatMap((line, index): ContractUse[] => {
      const field = /^\s*(\w+)\s+(\w+)(?:\[\]|\?)?/.exec(line);
      // A field of the type of another model is a relation, not a column.
      if (field === null || names.has(field[2] ?? '') || line.trimStart().startsWith('//')) return [];
      const column = /@map\("([^"]+)"\)/.exec(line)?.[1] ?? field[1] ?? '';
      const by = `${path}:${firstLine + index}`;
      return (['read', 'write'] as const).map((access) => ({ table, column, access, by, declared: false }));
    });
  });
}
