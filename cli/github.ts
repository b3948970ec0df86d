import { InputError } from '../core/errors.ts';
import type { CliWorld } from './command.ts';

/** `--repo`, else GITHUB_REPOSITORY, as workflows have it. */
export function repositoryOf(given: string | null, { env }: CliWorld): string {
  const repository = given ?? env.GITHUB_REPOSITORY ?? '';
  if (/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository)) return repository;
  throw new InputError(
    'NO_REPOSITORY',
    repository === ''
      ? 'expected a repository'
      : `expected owner/repo, found ${JSON.stringify(repository.slice(0, 200))}`,
    'give --repo OWNER/REPO, or set GITHUB_REPOSITORY',
  );
}
