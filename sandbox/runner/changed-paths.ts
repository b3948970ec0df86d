import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { GithubEvent } from '../contract.ts';
import type { Snapshots } from './snapshots.ts';

/**
 * Paths that differ between the two commits of an event: before and after a push, base and head of a pull
 * request or a merge group. Empty for an event that compares nothing. The two commits are compared directly;
 * GitHub compares a pull request with the merge base.
 */
export async function changedPathsOf(event: GithubEvent, snapshots: Snapshots): Promise<readonly string[]> {
  const [base, head] = commitsOf(event);
  if (head === null) return [];
  const [before, after] = await Promise.all([
    base === null ? new Map<string, Buffer>() : filesOf(await snapshots.directoryOf(event.repository, base)),
    filesOf(await snapshots.directoryOf(event.repository, head)),
  ]);
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter((path) => !(before.get(path)?.equals(after.get(path) ?? Buffer.alloc(0)) ?? false))
    .sort();
}

function commitsOf(event: GithubEvent): readonly [base: string | null, head: string | null] {
  const {
    before,
    after,
    pull_request: pull,
    merge_group: group,
  } = event.payload as {
    before?: string;
    after?: string;
    pull_request?: { base: { sha: string }; head: { sha: string } };
    merge_group?: { base_sha: string; head_sha: string };
  };
  if (pull !== undefined) return [pull.base.sha, pull.head.sha];
  if (group !== undefined) return [group.base_sha, group.head_sha];
  if (after === undefined) return [null, null];
  return [before === undefined || /^0+$/.test(before) ? null : before, after];
}

async function filesOf(directory: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = files.map(async (file) => [relative(directory, file), await readFile(file)] as const);
  return new Map(await Promise.all(pairs));
}
