import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GithubForRunner } from '../contract.ts';

/** The files of commits, fetched once each. A commit never changes, so neither does its folder. */
export class Snapshots {
  readonly #github: GithubForRunner;
  readonly #root: string;
  readonly #directories = new Map<string, Promise<string>>();

  constructor(github: GithubForRunner, root: string) {
    this.#github = github;
    this.#root = root;
  }

  /** A folder with every file of the commit. Read it, copy it, never write into it. */
  directoryOf(repository: string, sha: string): Promise<string> {
    const key = `${repository}@${sha}`;
    const known = this.#directories.get(key);
    if (known !== undefined) return known;
    const directory = this.#fetch(repository, sha);
    this.#directories.set(key, directory);
    directory.catch(() => this.#directories.delete(key));
    return directory;
  }

  async #fetch(repository: string, sha: string): Promise<string> {
    await mkdir(this.#root, { recursive: true });
    const directory = await mkdtemp(join(this.#root, 'commit-'));
    await this.#github.checkout(repository, sha, directory);
    return directory;
  }

  close(): Promise<void> {
    return rm(this.#root, { recursive: true, force: true });
  }
}
