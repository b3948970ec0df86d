import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../core/ports/system.ts';
import { startPlatform } from '../../../sandbox/platform/index.ts';
import { migrate, upStatements } from '../../../sandbox/platform/migrate.ts';
import { createTestDatabase } from '../../support/postgres.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'migrate-'));
  await mkdir(join(directory, 'migrations'));
});
afterEach(() => rm(directory, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(directory, 'migrations', name), text);

describe('migrations of a release', () => {
  it('run once each, in order, in the schema of their environment', async () => {
    const { url, query } = await createTestDatabase();
    await write(
      '2_index.sql',
      '-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON t (a);\n',
    );
    await write(
      '1_table.sql',
      '-- +goose Up\nCREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n-- +goose Down\nDROP TABLE t;\n',
    );
    expect(await migrate(url, 'stage', directory)).toEqual(['1_table.sql', '2_index.sql']);
    expect(await migrate(url, 'stage', directory)).toEqual([]);
    expect(await migrate(url, 'production', directory)).toHaveLength(2);
    expect(await query('SELECT a FROM stage.t')).toEqual([{ a: 1 }]);
  });

  it('leave nothing behind when one fails, and name it', async () => {
    const { url, query } = await createTestDatabase();
    await write('1_bad.sql', '-- +goose Up\nCREATE TABLE t (a int);\nALTER TABLE ghosts ADD COLUMN b int;\n');
    await expect(migrate(url, 'stage', directory)).rejects.toThrow('migrations/1_bad.sql: relation "ghosts"');
    expect(await query("SELECT to_regclass('stage.t') AS t")).toEqual([{ t: null }]);
  });

  it('keep a version from starting when they fail', async () => {
    const { url } = await createTestDatabase();
    await write('1_bad.sql', '-- +goose Up\nSELECT nonsense;\n');
    const platform = await startPlatform({ databaseUrl: url, log: silentLog });
    const version = {
      environment: 'stage',
      version: 'v1',
      sha: 'a'.repeat(40),
      directory,
      weights: { v1: 100 },
    };
    await expect(platform.install(version)).rejects.toThrow('migrations/1_bad.sql');
    expect(platform.weights('stage')).toEqual({});
    await platform.close();
  });

  it.each([
    ['-- +goose Up\nA;\nB;\n-- +goose Down\nC;', ['A', 'B']],
    ["-- +goose Up\nSELECT ';' || 'x';", ["SELECT ';' || 'x'"]],
    ['-- +goose Up\n', []],
    ['A;', []],
  ])('reads %j', (text, statements) => {
    expect(upStatements(text)).toEqual(statements);
  });
});
