import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../core/errors.ts';
import { commitShaSchema, repositorySchema, type Subject } from '../core/gate/result.ts';

const run = promisify(execFile);

/** What a folder without git is called in a result: nobody takes it for a commit. */
const noCommit = '0'.repeat(40);

/**
 * What a gate on the command line is about: the given values, else those of the git clone in `folder`, else
 * plain place-holders (`local/<folder>`, a commit of zeros).
 *
 * @throws InputError `USAGE` when a given value is malformed
 */
export async function subjectOf(
  folder: string,
  given: { readonly repository: string | null; readonly sha: string | null; readonly ref: string | null },
): Promise<Subject> {
  const remote = given.repository ?? parseRemote(await git(folder, ['remote', 'get-url', 'origin']));
  const sha = given.sha ?? (await git(folder, ['rev-parse', 'HEAD']));
  const ref = given.ref ?? (await git(folder, ['symbolic-ref', '--quiet', 'HEAD']));
  return {
    repository: checked(remote ?? localName(folder), repositorySchema, '--repo OWNER/REPO'),
    sha: checked(sha ?? noCommit, commitShaSchema, '--sha with a full commit sha'),
    ref: ref ?? 'HEAD',
  };
}

/** `git@host:owner/repo.git`, `https://host/owner/repo` → `owner/repo`. */
export function parseRemote(url: string | null): string | null {
  const match = /^(?:[a-z+]+:\/\/[^/]+\/|[^@/]+@[^:/]+:)(?<name>[^/]+\/[^/]+?)(?:\.git)?\/?$/.exec(url ?? '');
  const name = match?.groups?.name;
  return name !== undefined && repositorySchema.safeParse(name).success ? name : null;
}

function localName(folder: string): string {
  return `local/${basename(folder).replace(/[^A-Za-z0-9._-]/g, '-') || 'folder'}`;
}

function checked(value: string, schema: typeof repositorySchema, wanted: string): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InputError('USAGE', `${JSON.stringify(value.slice(0, 200))} is malformed`, `give ${wanted}`);
}

async function git(folder: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['-C', folder, ...args], { timeout: 10_000 });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}
