import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { rules as migrationRules } from '../../actions/migrations/rules/registry.ts';
import { policyRules } from '../../actions/policy/rules/registry.ts';
import { gates } from '../../actions/registry.ts';
import { root } from './bundle.ts';

/** A part of a README that is made from the code, between `<!-- name -->` and `<!-- /name -->`. */
interface Section {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/** Writes every generated part into its README. With `check` nothing is written; returns the files that differ. */
export async function updateReadmes(check: boolean): Promise<string[]> {
  const stale: string[] = [];
  for (const [file, sections] of Map.groupBy(generatedSections(), ({ file }) => file)) {
    const before = await readFile(file, 'utf8').catch(() => null);
    if (before === null) {
      stale.push(`${relative(root, file)}: missing`);
      continue;
    }
    const homeless = sections.filter(({ name }) => !hasPlace(before, name));
    stale.push(
      ...homeless.map(
        ({ name }) => `${relative(root, file)}: has no place <!-- ${name} --> … <!-- /${name} -->`,
      ),
    );
    const after = sections.filter(({ name }) => hasPlace(before, name)).reduce(replaceSection, before);
    if (after === before) continue;
    if (check) stale.push(`${relative(root, file)}: its tables are not what the code says`);
    else await writeFile(file, after);
  }
  return stale;
}

function generatedSections(): Section[] {
  const readme = (gate: string): string => join(root, 'actions', gate, 'README.md');
  return [
    ...gates.map((gate) => ({ file: readme(gate.name), name: 'options', text: optionsTable(gate.options) })),
    { file: readme('migrations'), name: 'rules', text: migrationRulesTable() },
    { file: readme('policy'), name: 'rules', text: policyRulesTable() },
  ];
}

const marks = (name: string): readonly [string, string] => [`<!-- ${name} -->`, `<!-- /${name} -->`];

function hasPlace(text: string, name: string): boolean {
  const [open, close] = marks(name);
  return text.includes(open) && text.indexOf(close) > text.indexOf(open);
}

function replaceSection(text: string, { name, text: content }: Section): string {
  const [open, close] = marks(name);
  const start = text.indexOf(open) + open.length;
  return `${text.slice(0, start)}\n${content}\n${text.slice(text.indexOf(close))}`;
}

function optionsTable(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const rows = rowsOf(json, '');
  return ['| option | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function rowsOf(schema: JsonSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, option]) => {
    const path = `${prefix}${name}`;
    const nested = option.properties ?? option.items?.properties;
    const row = `| \`${path}\` | ${typeOf(option)} | ${defaultOf(option)} | ${cell(option.description ?? '')} |`;
    if (nested === undefined) return [row];
    const inner = option.properties === undefined ? `${path}[].` : `${path}.`;
    return [row, ...rowsOf(option.properties === undefined ? (option.items ?? {}) : option, inner)];
  });
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) {
    return schema.enum.length > 8
      ? 'name of a rule'
      : schema.enum.map((one) => `\`${String(one)}\``).join(', ');
  }
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  return schema.type ?? 'any';
}

function defaultOf(schema: JsonSchema): string {
  if (schema.default === undefined) return '';
  if (typeof schema.default === 'object' && schema.properties !== undefined) return '';
  return `\`${cell(JSON.stringify(schema.default))}\``;
}

function migrationRulesTable(): string {
  const rows = migrationRules.map((rule) => {
    const level = rule.optIn ? `${rule.level}, opt-in` : rule.level;
    return `| \`${rule.name}\` | ${level} | ${cell(rule.danger)} |`;
  });
  return ['| rule | level | what happens without it |', '|---|---|---|', ...rows].join('\n');
}

function policyRulesTable(): string {
  const rows = policyRules.map(
    (rule) => `| ${rule.codes.map((code) => `\`${code}\``).join(', ')} | ${cell(rule.protects)} |`,
  );
  return ['| findings | protects from |', '|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
