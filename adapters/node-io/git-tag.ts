import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { InputError } from '../../core/errors.ts';
import type { TagInClone } from '../../core/evidence/verification.ts';

const run = promisify(execFile);

/**
 * What a tag is in a local clone, asked of `git`; null when the clone has no such tag.
 *
 * @throws InputError `CLONE_UNREADABLE` when the folder is no clone, or there is no git.
 */
export async function readTag(folder: string, tag: string): Promise<TagInClone | null> {
  await git(folder, ['rev-parse', '--git-dir']).catch((cause: unknown) => {
    throw new InputError(
      'CLONE_UNREADABLE',
      `${folder} is not a clone that git can read`,
      'give the folder of a clone, and install git',
      { cause },
    );
  });
  const ref = `refs/tags/${tag}`;
  const [object, commit, tree] = await Promise.all(
    [ref, `${ref}^{commit}`, `${ref}^{tree}`].map((name) =>
      git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', name]).catch(() => ''),
    ),
  );
  return object && commit && tree ? { object, commit, tree } : null;
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', folder, ...args], { timeout: 30_000 });
  return stdout.trim();
}
