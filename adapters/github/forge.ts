import type { Forge } from '../../core/ports/forge.ts';
import type { FileTree } from '../../core/ports/system.ts';
import { artifactMethods } from './artifacts.ts';
import { checkMethods } from './checks.ts';
import { githubClient, type OctokitRequest, type RequestClock } from './client.ts';
import { deploymentMethods, githubDeployer } from './deployments.ts';
import { fileEdits } from './file-edits.ts';
import { filesAt } from './files.ts';
import { issueMethods } from './issues.ts';
import { peopleMethods } from './people.ts';
import { pullMethods } from './pulls.ts';
import { refMethods } from './refs.ts';
import { releaseMethods } from './releases.ts';
import { settingsMethods } from './settings/index.ts';

/** Commits whose files are kept at hand. */
const rememberedCommits = 20;

/**
 * The forge port over GitHub's REST API, for one repository.
 *
 * @param octokit authenticated as the App's installation there; must not retry by itself.
 */
export function githubForge(options: {
  readonly octokit: OctokitRequest;
  readonly repository: string;
  readonly appSlug: string;
  readonly clock?: RequestClock;
}): Forge {
  const github = githubClient(options.octokit, options.repository, options.appSlug, options.clock);
  const trees = new Map<string, FileTree>();
  return {
    repository: options.repository,
    appSlug: options.appSlug,
    filesAt: (sha) => {
      const tree = trees.get(sha) ?? filesAt(github, sha);
      trees.set(sha, tree);
      const oldest = trees.keys().next();
      if (trees.size > rememberedCommits && oldest.done !== true) trees.delete(oldest.value);
      return tree;
    },
    edits: fileEdits(github),
    deployer: githubDeployer(github),
    ...refMethods(github),
    ...peopleMethods(github),
    ...pullMethods(github),
    ...checkMethods(github),
    ...issueMethods(github),
    ...deploymentMethods(github),
    ...releaseMethods(github),
    ...artifactMethods(github),
    settings: settingsMethods(github),
  };
}
