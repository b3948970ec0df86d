/**
 * GitHub through a person's eyes: the few API calls that the demo's people make, over plain HTTP, so that what
 * they see is what anyone with a token sees.
 */
export class GithubClient {
  private readonly apiUrl: string;
  private readonly repository: string;
  private readonly token: string;

  constructor(apiUrl: string, repository: string, token: string) {
    this.apiUrl = apiUrl;
    this.repository = repository;
    this.token = token;
  }

  /** Calls `/repos/{repository}{path}` and returns status and JSON; never throws for a status. */
  async call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: Json }> {
    const response = await fetch(`${this.apiUrl}/repos/${this.repository}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${this.token}`,
        'user-agent': 'release-conductor-demo',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as Json) };
  }

  /** @throws when the status is not 2xx. */
  async expect(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.call(method, path, body);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(
      `${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`,
    );
  }

  /** The bytes of a release asset. */
  async download(path: string): Promise<Uint8Array> {
    const response = await fetch(`${this.apiUrl}/repos/${this.repository}${path}`, {
      headers: {
        accept: 'application/octet-stream',
        authorization: `Bearer ${this.token}`,
        'user-agent': 'release-conductor-demo',
      },
    });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  async headOf(branch: string): Promise<string> {
    return (await this.expect('GET', `/git/ref/heads/${branch}`)).object.sha as string;
  }

  /** A text file as it is at `ref`. */
  async read(path: string, ref: string): Promise<string> {
    const { content } = await this.expect('GET', `/contents/${path}?ref=${encodeURIComponent(ref)}`);
    return Buffer.from(content as string, 'base64').toString('utf8');
  }

  /** One commit with these files on top of `branch`, which is created from `from` when it is new. */
  async commit(
    branch: string,
    message: string,
    files: ReadonlyMap<string, string>,
    from = 'main',
  ): Promise<string> {
    const existing = await this.call('GET', `/git/ref/heads/${branch}`);
    const parent = existing.status === 200 ? (existing.body.object.sha as string) : await this.headOf(from);
    const base = (await this.expect('GET', `/git/commits/${parent}`)).tree.sha as string;
    const tree = await this.expect('POST', '/git/trees', {
      base_tree: base,
      tree: [...files].map(([path, content]) => ({ path, mode: '100644', type: 'blob', content })),
    });
    const commit = await this.expect('POST', '/git/commits', { message, tree: tree.sha, parents: [parent] });
    if (existing.status === 200) await this.expect('PATCH', `/git/refs/heads/${branch}`, { sha: commit.sha });
    else await this.expect('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: commit.sha });
    return commit.sha as string;
  }

  async openPullRequest(title: string, head: string): Promise<number> {
    return (await this.expect('POST', '/pulls', { title, head, base: 'main', body: '' })).number as number;
  }

  /** An annotated tag on `sha`. */
  async tag(name: string, sha: string): Promise<void> {
    const object = await this.expect('POST', '/git/tags', {
      tag: name,
      message: name,
      object: sha,
      type: 'commit',
    });
    await this.expect('POST', '/git/refs', { ref: `refs/tags/${name}`, sha: object.sha });
  }

  async comment(issue: number, body: string): Promise<number> {
    return (await this.expect('POST', `/issues/${issue}/comments`, { body })).id as number;
  }

  async comments(
    issue: number,
  ): Promise<readonly { readonly id: number; readonly body: string; readonly author: string }[]> {
    const all = (await this.expect('GET', `/issues/${issue}/comments?per_page=100`)) as Json[];
    return all.map((one) => ({ id: one.id, body: one.body, author: one.user.login }));
  }

  /** The newest check run of this name that this app published for the commit, or null. */
  async check(sha: string, name: string, appId: number): Promise<Json | null> {
    const { check_runs: runs } = await this.expect('GET', `/commits/${sha}/check-runs?per_page=100`);
    return (runs as Json[]).filter((run) => run.name === name && run.app?.id === appId).at(-1) ?? null;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of the API are looked at field by field
export type Json = any;
