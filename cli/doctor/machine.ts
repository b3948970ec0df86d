import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { throwawayDatabases } from '../../adapters/embedded-postgres/index.ts';
import { openEvidenceKey } from '../../adapters/sigstore/evidence-key.ts';
import { type Diagnosis, type DoctorCheck, ok, problem, skipped } from '../../app/doctor.ts';
import { readEnvironment } from '../../app/environment.ts';
import { checkConfig, configPath } from '../../core/config/parse.ts';
import { formatProblem } from '../../core/config/problem.ts';
import { silentLog } from '../../core/ports/system.ts';
import type { CliWorld } from '../command.ts';
import { readOptionalFile } from '../files.ts';

/** What can be wrong on this machine. */
export const machineChecks: readonly DoctorCheck<CliWorld>[] = [
  { name: 'node', look: async () => [nodeVersion()] },
  { name: 'config', look: config },
  {
    name: 'environment',
    look: async (world) => [environment(world.env)],
  },
  { name: 'data directory', look: async (world) => [await dataDirectory(world)] },
  { name: 'signing key', look: async (world) => [await signingKey(world)] },
  { name: 'postgres', look: async (world) => [await postgres(world.env.DATABASE_URL)] },
  {
    name: 'port',
    look: async (world) => [await port(world.env.HOST || '127.0.0.1', Number(world.env.PORT || 3_000))],
  },
];

function environment(env: CliWorld['env']): Diagnosis {
  const { app } = readEnvironment({ ...env });
  return ok(
    app === null ? 'usable; no App yet, the registration page will be shown' : `usable; App ${app.id}`,
  );
}

function nodeVersion(): Diagnosis {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24 ? ok(process.version) : problem(process.version, 'run it with Node 24 or newer');
}

async function config(world: CliWorld): Promise<readonly Diagnosis[]> {
  const bytes = await readOptionalFile(world, configPath, 1_024 * 1_024);
  if (bytes === null) return [skipped(`no ${configPath} in this folder`)];
  const checked = checkConfig(Buffer.from(bytes).toString('utf8'));
  if (checked.ok) return [ok(`${configPath} is valid`)];
  return checked.problems.map((found) => problem(formatProblem(found), 'release-conductor validate'));
}

function dataDirOf(world: CliWorld): string {
  return resolve(world.cwd, readEnvironment({ ...world.env }).dataDir);
}

async function dataDirectory(world: CliWorld): Promise<Diagnosis> {
  const folder = dataDirOf(world);
  const probe = join(folder, `.doctor-${randomUUID()}`);
  try {
    const created = await mkdir(folder, { recursive: true });
    await writeFile(probe, 'x');
    await rm(created ?? probe, { recursive: true }); // leaves everything as it was
    return ok(`${folder} can be written`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return problem(
      `${folder} cannot be written (${code})`,
      'set DATA_DIR to a folder that the Conductor may write to',
    );
  }
}

async function signingKey(world: CliWorld): Promise<Diagnosis> {
  const { SIGNING_KEY } = world.env;
  const folder = dataDirOf(world);
  const exists = (await stat(join(folder, 'signing-key.pem')).catch(() => null)) !== null;
  if (!SIGNING_KEY && !exists) return skipped('none yet: it is made on the first start');
  const { env, fetch } = world;
  const { hint } = await openEvidenceKey({ dataDir: folder, configured: SIGNING_KEY, env, fetch });
  return ok(`key ${hint}`);
}

async function postgres(url: string | undefined): Promise<Diagnosis> {
  if (url) return externalPostgres(url);
  const server = throwawayDatabases({ log: silentLog });
  try {
    const database = await server.create();
    const [row] = await database.query('show server_version');
    await database.close();
    return ok(`Postgres ${String(row?.server_version)} starts here`);
  } finally {
    await server.close();
  }
}

async function externalPostgres(url: string): Promise<Diagnosis> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    const rights = await auditRights(client);
    await client.end();
    return (
      rights ??
      ok(`Postgres ${rows[0]?.server_version} at DATABASE_URL; the audit log is append-only by rights`)
    );
  } catch (error) {
    // The address holds a password and is not shown.
    return problem(
      `DATABASE_URL does not answer (${(error as NodeJS.ErrnoException).code ?? 'refused'})`,
      'correct DATABASE_URL, or unset it',
    );
  }
}

/** What stands between this account and the audit log besides the triggers; null: it may only append. */
async function auditRights(client: pg.Client): Promise<Diagnosis | null> {
  const { rows } = await client.query<{ superuser: boolean; there: boolean; changes: boolean | null }>(
    `select rolsuper as superuser, to_regclass('audit') is not null as there,
       has_table_privilege(to_regclass('audit'), 'update, delete, truncate') as changes
     from pg_roles where rolname = current_user`,
  );
  const [found] = rows;
  if (found?.superuser) {
    const help = 'give the Conductor an account of its own, without SUPERUSER, that owns its database';
    return problem('DATABASE_URL is of a superuser: nothing but triggers keeps the audit log from it', help);
  }
  if (found?.there !== true || found.changes !== true) return null;
  return problem(
    'this account may change the audit log',
    'revoke update, delete, truncate on audit, audit_heads from it',
  );
}

async function port(host: string, number: number): Promise<Diagnosis> {
  const server = createServer();
  const listening = once(server, 'listening').then(
    () => null,
    (error: NodeJS.ErrnoException) => error,
  );
  server.listen(number, host);
  const error = await listening;
  server.close();
  return error === null
    ? ok(`${host}:${number} is free`)
    : problem(
        `${host}:${number} cannot be listened on (${error.code})`,
        'stop what listens there, or set PORT',
      );
}
