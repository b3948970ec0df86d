import type { Gate } from '../../core/gate/gate.ts';
import { collectMigrations } from './collect.ts';
import { evaluateMigrations } from './evaluate.ts';
import type { MigrationsFacts } from './facts.ts';
import { type MigrationsOptions, migrationsOptionsSchema } from './options.ts';

/** Judges SQL migrations: what each statement does to a database that is in use. */
export const migrationsGate: Gate<MigrationsOptions, MigrationsFacts> = {
  name: 'migrations',
  options: migrationsOptionsSchema,
  collect: (options, _subject, io) => collectMigrations(options, io),
  evaluate: (options, facts, _subject, now) => evaluateMigrations(options, facts, now),
};
