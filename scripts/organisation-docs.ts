/**
 * Writes the table of what is tighter into `docs/organisation.md`, from the table that decides it.
 *
 *   node scripts/organisation-docs.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { withStrictnessTable } from '../core/config/organisation/docs.ts';

const file = new URL('../docs/organisation.md', import.meta.url);

writeFileSync(file, withStrictnessTable(readFileSync(file, 'utf8')));
