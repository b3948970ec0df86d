/**
 * How the parts of the sandbox meet: the local GitHub (`sandbox/github/`), the workflow runner
 * (`sandbox/runner/`) and the platform that runs the sample service (`sandbox/platform/`).
 */

/** A person of the sample organisation. `token` authenticates API calls as that person. */
export interface SandboxUser {
  readonly login: string;
  readonly token: string;
}

/** Credentials of the registered App, as GitHub would have handed them out. */
export interface SandboxApp {
  readonly appId: number;
  readonly slug: string;
  readonly privateKeyPem: string;
  readonly webhookSecret: string;
  /** With these the App lets people sign in. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly installationId: number;
}

/** Something happened in the local GitHub; `payload` is what a webhook would carry. */
export interface GithubEvent {
  readonly name: string;
  readonly repository: string;
  /** Commit and ref that workflows of this event run on, by GitHub's rules (`GITHUB_SHA`, `GITHUB_REF`). */
  readonly sha: string;
  readonly ref: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface SandboxRun {
  readonly id: number;
  readonly attempt: number;
  readonly path: string;
  readonly name: string;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly event: string;
  /** `owner/name` of the fork that the head is in; absent: the repository itself. */
  readonly fork?: string;
}

/** What the runner needs from the local GitHub beside its public API. */
export interface GithubForRunner {
  readonly apiUrl: string;
  readonly oidcIssuer: string;
  subscribe(listener: (event: GithubEvent) => void): () => void;
  /** Somebody asked for a completed run to run again; `run` carries the new attempt. */
  subscribeReruns(listener: (repository: string, run: SandboxRun) => void): () => void;
  /** Every file of a commit. */
  checkout(repository: string, sha: string, directory: string): Promise<void>;
  createRun(repository: string, run: Omit<SandboxRun, 'id' | 'attempt'>): Promise<SandboxRun>;
  /** Emits `workflow_run` (requested, in_progress, completed) and the check run of GitHub Actions. */
  updateRun(
    repository: string,
    runId: number,
    status: 'in_progress' | 'completed',
    conclusion: string | null,
  ): Promise<void>;
  /** A job asks to enter an environment; resolves when every protection rule has spoken, or one refused. */
  enterEnvironment(
    repository: string,
    runId: number,
    job: { readonly environment: string; readonly sha: string; readonly ref: string },
    signal: AbortSignal,
  ): Promise<{ readonly deploymentId: number; readonly refused: string | null }>;
  leaveEnvironment(repository: string, deploymentId: number, succeeded: boolean): Promise<void>;
  uploadArtifact(repository: string, runId: number, name: string, zip: Uint8Array): Promise<void>;
  /** `GITHUB_TOKEN` of a job, limited to `permissions`; events that it causes trigger no workflows. */
  jobToken(
    repository: string,
    runId: number,
    permissions: Readonly<Record<string, 'read' | 'write'>>,
  ): string;
  /** The address and bearer for `ACTIONS_ID_TOKEN_REQUEST_URL`/`_TOKEN`; only for jobs with `id-token: write`. */
  oidcRequest(
    repository: string,
    run: SandboxRun,
    job: {
      readonly ref: string;
      readonly workflowRef: string;
      readonly environment: string | null;
      readonly actor: string;
    },
  ): { readonly url: string; readonly token: string };
}

export interface SandboxGithub extends GithubForRunner {
  readonly app: SandboxApp;
  readonly users: readonly SandboxUser[];
  /** Address that App webhooks go to; may be set after the App has started. */
  setWebhookUrl(url: string): void;
  /** Each delivery that GitHub tried, newest last, with the answer's status (0: nobody answered). */
  deliveries(): readonly {
    readonly guid: string;
    readonly event: string;
    readonly status: number;
    readonly at: number;
  }[];
  close(): Promise<void>;
}

/** The stand-in for a cluster: real processes of the service behind a weighted proxy, one per environment. */
export interface SandboxPlatform {
  readonly url: string;
  /** Where clients reach an environment. */
  environmentUrl(environment: string): string;
  /** Requests that the proxy sent to each version since start, and how many were answered with 5xx. */
  counters(
    environment: string,
  ): Readonly<Record<string, { readonly requests: number; readonly errors: number }>>;
  /** Percent of traffic per version, as the proxy routes it now. */
  weights(environment: string): Readonly<Record<string, number>>;
  close(): Promise<void>;
}
