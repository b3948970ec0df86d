import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Json } from './json.ts';
import { GithubRefusal, notFound } from './refusal.ts';
import type { Upstream } from './upstream.ts';

export interface GitCommit {
  readonly sha: string;
  readonly message: string;
  readonly tree: { readonly sha: string };
  readonly parents: readonly { readonly sha: string }[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
}

export interface GitPerson {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
}

export interface Comparison {
  readonly merge_base_commit: { readonly sha: string };
  readonly status: string;
  readonly ahead_by: number;
  readonly behind_by: number;
  readonly commits: readonly Json[];
  readonly files: readonly Json[];
}

/** Git objects of the repositories, read and written through emulate. Objects never change, so they are kept. */
export class Git {
  readonly #upstream: Upstream;
  readonly #commits = new Map<string, GitCommit>();
  readonly #trees = new Map<string, readonly TreeEntry[]>();
  readonly #comparisons = new Map<string, Comparison>();
  readonly #blobs = new Map<string, Uint8Array>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  async commit(repository: string, sha: string): Promise<GitCommit> {
    return remember(this.#commits, `${repository}@${sha}`, () =>
      this.#upstream.get<GitCommit>(`/repos/${repository}/git/commits/${sha}`),
    );
  }

  /** Every file of a commit (no folders), sorted by path. */
  async files(repository: string, sha: string): Promise<readonly TreeEntry[]> {
    return remember(this.#trees, `${repository}@${sha}`, async () => {
      const { tree } = await this.commit(repository, sha);
      const path = `/repos/${repository}/git/trees/${tree.sha}?recursive=1`;
      const answer = await this.#upstream.get<{ tree: readonly TreeEntry[] }>(path);
      return answer.tree.filter((entry) => entry.type !== 'tree');
    });
  }

  async blob(repository: string, sha: string): Promise<Uint8Array> {
    return remember(this.#blobs, sha, async () => {
      const answer = await this.#upstream.get<{ content: string }>(`/repos/${repository}/git/blobs/${sha}`);
      return Buffer.from(answer.content, 'base64');
    });
  }

  /** Writes every file of a commit below `directory`, as `git checkout` would. */
  async checkout(repository: string, sha: string, directory: string): Promise<void> {
    for (const { path, mode, sha: blobSha } of await this.files(repository, sha)) {
      const bytes = await this.blob(repository, blobSha);
      const target = join(directory, path);
      await mkdir(dirname(target), { recursive: true });
      if (mode === '120000') {
        await symlink(Buffer.from(bytes).toString('utf8'), target);
        continue;
      }
      await writeFile(target, bytes);
      if (mode === '100755') await chmod(target, 0o755);
    }
  }

  /** What a full ref (`heads/main`, `tags/v1`) points to, or null. */
  async ref(repository: string, ref: string): Promise<{ sha: string; type: string } | null> {
    try {
      const answer = await this.#upstream.get<{ object: { sha: string; type: string } }>(
        `/repos/${repository}/git/ref/${ref.replace(/^refs\//, '')}`,
      );
      return answer.object;
    } catch (error) {
      if (error instanceof GithubRefusal) return null;
      throw error;
    }
  }

  /** The commit that a branch, a tag, a ref or a sha names. Throws 404. */
  async resolve(repository: string, name: string): Promise<string> {
    if (/^[0-9a-f]{40}$/.test(name)) return (await this.commit(repository, name)).sha;
    const isFull = /^(refs\/)?(heads|tags)\//.test(name);
    for (const ref of isFull ? [name] : [`heads/${name}`, `tags/${name}`]) {
      const object = await this.ref(repository, ref);
      if (object !== null) return this.peel(repository, object);
    }
    throw notFound();
  }

  /** Follows annotated tags to the commit. */
  async peel(repository: string, object: { sha: string; type: string }): Promise<string> {
    let here = object;
    while (here.type === 'tag') {
      const tag = await this.#upstream.get<{ object: { sha: string; type: string } }>(
        `/repos/${repository}/git/tags/${here.sha}`,
      );
      here = tag.object;
    }
    return here.sha;
  }

  /** Compares two commits, named by their shas. */
  async compare(repository: string, base: string, head: string): Promise<Comparison> {
    const basehead = `${base}...${head}`;
    return remember(this.#comparisons, `${repository}@${basehead}`, () =>
      this.#upstream.get<Comparison>(`/repos/${repository}/compare/${basehead}?per_page=250`),
    );
  }

  async writeFiles(
    repository: string,
    files: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly mode: string }>,
  ): Promise<string> {
    const entries: TreeEntry[] = [];
    for (const [path, { bytes, mode }] of files) {
      const blob = await this.#upstream.request<{ sha: string }>('POST', `/repos/${repository}/git/blobs`, {
        content: Buffer.from(bytes).toString('base64'),
        encoding: 'base64',
      });
      this.#blobs.set(blob.sha, bytes);
      entries.push({ path, mode, type: 'blob', sha: blob.sha });
    }
    return this.writeTree(repository, entries);
  }

  async writeTree(repository: string, entries: readonly TreeEntry[]): Promise<string> {
    const tree = entries.map(({ path, mode, type, sha }) => ({ path, mode, type, sha }));
    return (await this.#upstream.request<{ sha: string }>('POST', `/repos/${repository}/git/trees`, { tree }))
      .sha;
  }

  async writeCommit(
    repository: string,
    commit: {
      readonly message: string;
      readonly tree: string;
      readonly parents: readonly string[];
      readonly author: GitPerson;
      readonly committer?: GitPerson;
    },
  ): Promise<string> {
    const path = `/repos/${repository}/git/commits`;
    return (await this.#upstream.request<{ sha: string }>('POST', path, commit)).sha;
  }

  /** Copies a commit, its ancestors and their files to another repository, as a fork's pull request does. */
  async copyHistory(from: string, to: string, sha: string): Promise<void> {
    try {
      await this.commit(to, sha);
      return;
    } catch (error) {
      if (!(error instanceof GithubRefusal)) throw error;
    }
    const commit = await this.commit(from, sha);
    for (const parent of commit.parents) await this.copyHistory(from, to, parent.sha);
    const files = new Map<string, { bytes: Uint8Array; mode: string }>();
    for (const { path, mode, sha: blob } of await this.files(from, sha)) {
      files.set(path, { mode, bytes: await this.blob(from, blob) });
    }
    const { message, author, committer, parents } = commit;
    const tree = await this.writeFiles(to, files);
    const copy = await this.writeCommit(to, {
      message,
      tree,
      author,
      committer,
      parents: parents.map((parent) => parent.sha),
    });
    if (copy !== sha) throw new Error(`the copy of ${sha} became ${copy}`);
  }

  async createRef(repository: string, ref: string, sha: string): Promise<void> {
    await this.#upstream.request('POST', `/repos/${repository}/git/refs`, { ref, sha });
  }

  async moveRef(repository: string, ref: string, sha: string): Promise<void> {
    const path = `/repos/${repository}/git/refs/${ref.replace(/^refs\//, '')}`;
    await this.#upstream.request('PATCH', path, { sha, force: true });
  }

  async deleteRef(repository: string, ref: string): Promise<void> {
    await this.#upstream.request('DELETE', `/repos/${repository}/git/refs/${ref.replace(/^refs\//, '')}`);
  }
}

async function remember<T>(known: Map<string, T>, key: string, read: () => Promise<T>): Promise<T> {
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const fresh = await read();
  known.set(key, fresh);
  return fresh;
}
