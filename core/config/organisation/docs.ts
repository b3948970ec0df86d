import { strictnessTable } from './table.ts';

/** The page of docs with the table of now between its marks. */
export function withStrictnessTable(page: string): string {
  const rows = strictnessTable.map(([path, { says }]) => `| \`${path}\` | ${says} |`);
  const table = ['| key | what a repository may say |', '|---|---|', ...rows].join('\n');
  return page.replace(
    /(<!-- strictness:[^\n]*-->\n)[\s\S]*?(<!-- \/strictness -->)/,
    (_all, begin: string, end: string) => `${begin}\n${table}\n\n${end}`,
  );
}
