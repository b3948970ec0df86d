import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GithubEvent, GithubForRunner, SandboxRun } from '../../../sandbox/contract.ts';

type Files = Readonly<Record<string, string>>;

/** Just enough GitHub for the runner: commits as plain files, and a notebook of what the runner told it. */
export class FakeGithub implements GithubForRunner {
  apiUrl = 'http://127.0.0.1:9';
  readonly oidcIssuer = 'http://127.0.0.1:9/oidc';
  readonly commits = new Map<string, Files>();
  readonly updates: {
    readonly runId: number;
    readonly status: string;
    readonly conclusion: string | null;
  }[] = [];
  readonly created: SandboxRun[] = [];
  readonly tokens: Readonly<Record<string, string>>[] = [];
  readonly oidc: {
    readonly ref: string;
    readonly workflowRef: string;
    readonly environment: string | null;
  }[] = [];
  readonly #rerunListeners = new Set<(repository: string, run: SandboxRun) => void>();
  readonly entered: string[] = [];
  readonly left: { readonly deploymentId: number; readonly succeeded: boolean }[] = [];
  readonly #listeners = new Set<(event: GithubEvent) => void>();

  subscribe(listener: (event: GithubEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  subscribeReruns(listener: (repository: string, run: SandboxRun) => void): () => void {
    this.#rerunListeners.add(listener);
    return () => this.#rerunListeners.delete(listener);
  }

  rerun(repository: string, run: SandboxRun): void {
    for (const listener of this.#rerunListeners) listener(repository, { ...run, attempt: run.attempt + 1 });
  }

  emit(event: GithubEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  commit(sha: string, files: Files): string {
    this.commits.set(sha, files);
    return sha;
  }

  async checkout(_repository: string, sha: string, directory: string): Promise<void> {
    const files = this.commits.get(sha);
    if (files === undefined) throw new Error(`no commit ${sha}`);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
  }

  async createRun(_repository: string, run: Omit<SandboxRun, 'id' | 'attempt'>): Promise<SandboxRun> {
    const created = { ...run, id: this.created.length + 1, attempt: 1 };
    this.created.push(created);
    return created;
  }

  async updateRun(
    _repository: string,
    runId: number,
    status: 'in_progress' | 'completed',
    conclusion: string | null,
  ): Promise<void> {
    this.updates.push({ runId, status, conclusion });
  }

  async enterEnvironment(_repository: string, _runId: number, { environment }: { environment: string }) {
    this.entered.push(environment);
    const refused = environment === 'closed' ? 'a rule said no' : null;
    return { deploymentId: this.entered.length, refused };
  }

  async leaveEnvironment(_repository: string, deploymentId: number, succeeded: boolean): Promise<void> {
    this.left.push({ deploymentId, succeeded });
  }

  readonly artifacts: { readonly runId: number; readonly name: string; readonly zip: Uint8Array }[] = [];

  async uploadArtifact(_repository: string, runId: number, name: string, zip: Uint8Array): Promise<void> {
    this.artifacts.push({ runId, name, zip });
  }

  jobToken(
    _repository: string,
    runId: number,
    permissions: Readonly<Record<string, 'read' | 'write'>>,
  ): string {
    this.tokens.push(permissions);
    return `ghs_token_of_run_${runId}`;
  }

  oidcRequest(
    _repository: string,
    run: SandboxRun,
    job: { ref: string; workflowRef: string; environment: string | null },
  ): { url: string; token: string } {
    this.oidc.push(job);
    return { url: `${this.oidcIssuer}/token?run=${run.id}`, token: 'oidc-request-bearer' };
  }
}
