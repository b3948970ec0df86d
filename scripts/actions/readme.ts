import { join } from 'node:path';
import { rules as migrationRules } from '../../actions/migrations/rules/registry.ts';
import { policyRules } from '../../actions/policy/rules/registry.ts';
import { gates } from '../../actions/registry.ts';
import { cell, optionsTable } from '../docs/options-table.ts';
import { referenceSections } from '../docs/reference.ts';
import { type Section, updateSections } from '../docs/section.ts';
import { root } from './bundle.ts';

/** Brings the tables of the gates' READMEs and of the reference up to date. With `check` nothing is written; returns the files that differ. */
export async function updateReadmes(check: boolean): Promise<string[]> {
  return updateSections([...gateSections(), ...(await referenceSections())], check);
}

function gateSections(): Section[] {
  const readme = (gate: string): string => join(root, 'actions', gate, 'README.md');
  return [
    ...gates.map((gate) => ({ file: readme(gate.name), name: 'options', text: optionsTable(gate.options) })),
    { file: readme('migrations'), name: 'rules', text: migrationRulesTable() },
    { file: readme('policy'), name: 'rules', text: policyRulesTable() },
  ];
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
