/**
 * Writes the tables of commands and of reason codes into `docs/commands.md`, from their definitions.
 *
 *   node scripts/command-docs.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { withCommandTables } from '../core/commands/help-text.ts';

const file = new URL('../docs/commands.md', import.meta.url);

writeFileSync(file, withCommandTables(readFileSync(file, 'utf8')));
