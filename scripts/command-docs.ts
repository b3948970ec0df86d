/**
 * Writes the table of commands into `docs/commands.md`, from their definitions.
 *
 *   node scripts/command-docs.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { withCommandTable } from '../core/commands/help-text.ts';

const file = new URL('../docs/commands.md', import.meta.url);

writeFileSync(file, withCommandTable(readFileSync(file, 'utf8')));
