import type { GithubEvent, SandboxRun } from '../contract.ts';
import type { Identities, Identity } from './identity.ts';
import type { Json } from './json.ts';
import type { Payloads } from './payloads.ts';
import type { Outgoing, Webhooks } from './webhooks.ts';
import type { RepositoryState } from './world.ts';

/** Something that happened. `payload` is what is special to the event; the common parts are added. */
export interface Happening {
  readonly name: string;
  readonly payload: Json;
  readonly cause: Identity;
  /** What workflows of this event run on (`GITHUB_SHA`, `GITHUB_REF`); null: it starts no workflow. */
  readonly on: { readonly sha: string; readonly ref: string } | null;
}

/** Events that a job's `GITHUB_TOKEN` may cause and that still start workflows. */
const startedByJobs = new Set(['workflow_dispatch', 'repository_dispatch']);

/** Events that webhooks never carry. */
const workflowOnly = new Set(['workflow_dispatch', 'repository_dispatch']);

/** Tells the App (by webhook) and the workflow runner (by call) what happened. */
export class Events {
  readonly #listeners = new Set<(event: GithubEvent) => void>();
  readonly #rerunListeners = new Set<(repository: string, run: SandboxRun) => void>();
  readonly #payloads: Payloads;
  readonly #identities: Identities;
  readonly #webhooks: Webhooks;
  readonly #installation: { readonly id: number; readonly appId: number };
  readonly #isSuspended: () => boolean;
  readonly #inspect: (event: string, payload: Json) => void;

  constructor(options: {
    readonly payloads: Payloads;
    readonly identities: Identities;
    readonly webhooks: Webhooks;
    readonly installation: { readonly id: number; readonly appId: number };
    readonly isSuspended: () => boolean;
    /** Hears each payload before it is sent. */
    readonly inspect: (event: string, payload: Json) => void;
  }) {
    this.#payloads = options.payloads;
    this.#identities = options.identities;
    this.#webhooks = options.webhooks;
    this.#installation = options.installation;
    this.#inspect = options.inspect;
    this.#isSuspended = options.isSuspended;
  }

  subscribe(listener: (event: GithubEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  subscribeReruns(listener: (repository: string, run: SandboxRun) => void): () => void {
    this.#rerunListeners.add(listener);
    return () => this.#rerunListeners.delete(listener);
  }

  /** No event of GitHub's: the runner alone hears of it. */
  announceRerun(repository: string, run: SandboxRun): void {
    for (const listener of this.#rerunListeners) listener(repository, run);
  }

  /** The payload's `repository`, `sender`, `organization` and `installation` are those of this moment. */
  async emit(repository: RepositoryState, happening: Happening): Promise<void> {
    const common = await this.#payloads.common(repository, happening.cause.login);
    const payload = { ...happening.payload, ...common };
    this.#notifyApp(repository, happening, payload);
    this.#notifyRunner(repository, happening, payload);
  }

  #notifyApp(repository: RepositoryState, { name }: Happening, payload: Json): void {
    if (workflowOnly.has(name) || repository.forkOf !== null || this.#isSuspended()) return;
    const app = this.#identities.app(this.#installation.appId);
    if (!app.events.includes(name) && !app.events.includes('*')) return;
    this.sendToApp({
      event: name,
      payload,
      installationId: this.#installation.id,
      repositoryId: repository.id,
    });
  }

  /** A webhook that concerns no repository and is no workflow's business. */
  sendToApp(outgoing: Outgoing): void {
    this.#inspect(outgoing.event, outgoing.payload);
    this.#webhooks.send(outgoing);
  }

  #notifyRunner(repository: RepositoryState, { name, cause, on }: Happening, payload: Json): void {
    if (on === null) return;
    // What a job does with its GITHUB_TOKEN starts no further workflow: GitHub's guard against loops.
    if (cause.kind === 'job' && !startedByJobs.has(name)) return;
    const event: GithubEvent = { name, repository: repository.fullName, sha: on.sha, ref: on.ref, payload };
    for (const listener of this.#listeners) listener(event);
  }
}
