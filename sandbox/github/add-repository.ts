import type { Github } from './github.ts';
import type { GithubOptions } from './options.ts';
import { readSeedFiles, writeFirstCommit } from './seed.ts';
import { RepositoryState } from './world.ts';

/** A further private repository of the organisation, with one commit. The App is installed on all of them. */
export async function addRepository(
  github: Github,
  name: string,
  files: GithubOptions['repository']['files'],
): Promise<void> {
  const { organisation } = github.world;
  const made = await github.upstream.request<{ id: number; default_branch: string }>(
    'POST',
    `/orgs/${organisation}/repos`,
    { name, private: true, auto_init: false },
  );
  const fullName = `${organisation}/${name}`;
  const defaultBranch = made.default_branch;
  await writeFirstCommit(github.git, fullName, defaultBranch, await readSeedFiles(files));
  github.world.addRepository(new RepositoryState({ fullName, id: made.id, defaultBranch }));
}
