import { createHash } from 'node:crypto';
import type { Submitted } from '../../app/evidence/intake.ts';
import { configPath } from '../../core/config/parse.ts';
import { type GateName, gateNames } from '../../core/gate/names.ts';
import type { Verdict } from '../../core/gate/result.ts';
import type { Hub } from './github/hub.ts';
import { repositoryName } from './github/repository.ts';
import type { Act, Plan } from './plan.ts';
import type { Scheduler } from './scheduler.ts';

export const workflowPath = '.github/workflows/gates.yml';

/** The repository's config. Times are short: a canary takes minutes. */
export const configText = ({ advance, onNewTag }: Pick<Plan, 'advance' | 'onNewTag'>): string => `version: 1
trusted_workflows: ["${workflowPath}"]
release:
  tags: "v*"
  service: shop
  on_new_tag: ${onNewTag}
  metrics: { kind: prometheus, url: "http://metrics.test" }
  canary: { steps: [10, 50, 100], interval: 10s, soak: 30s, min_requests: 50, no_data_after: 60s, advance: ${advance} }
`;

/** People at the modelled GitHub and the jobs of its Actions: whatever reaches the App from outside. */
export class People {
  readonly #scheduler: Scheduler;
  readonly #hub: Hub;
  readonly #submit: (submitted: Submitted, done: (accepted: boolean) => void) => void;
  #token = 0;

  constructor(
    scheduler: Scheduler,
    hub: Hub,
    submit: (submitted: Submitted, done: (accepted: boolean) => void) => void,
  ) {
    this.#scheduler = scheduler;
    this.#hub = hub;
    this.#submit = submit;
  }

  do(act: Act): void {
    const { at: _at, after: _after, ...what } = act;
    this.#scheduler.tell(`people: ${Object.values(what).join(' ')}`);
    switch (act.act) {
      case 'tag':
        this.#tag(act.tag);
        break;
      case 'move tag':
        this.#moveTag(act.tag);
        break;
      case 'comment':
        this.comment(act.tag, act.by, act.text);
        break;
      case 'edit':
        this.#edit(act.tag, act.text);
        break;
      case 'gate':
        this.runGate(act.tag, act.gate, act.verdict);
        break;
      case 'pull':
        this.#pull(act.number, act.what);
        break;
    }
  }

  /** A commit on the default branch, its tag, and the workflow that the tag starts. */
  #tag(tag: string): void {
    const { repository } = this.#hub;
    const head = repository.refAt('heads/main', this.#scheduler.now);
    const files = repository.commits.get(head ?? '')?.files ?? new Map();
    const commit = repository.commit(`work for ${tag}`, head, files);
    repository.setRef('heads/main', commit.sha, this.#scheduler.now);
    this.#setTag(tag, commit.sha);
    for (const gate of gateNames) {
      this.#later(this.#scheduler.between(2_000, 20_000), () => this.runGate(tag, gate, 'pass'));
    }
  }

  #moveTag(tag: string): void {
    const { repository } = this.#hub;
    const head = repository.refAt('heads/main', this.#scheduler.now);
    if (head === null || repository.refAt(`tags/${tag}`, this.#scheduler.now) === null) return;
    const other = repository.commit(
      `something else under ${tag}`,
      head,
      repository.commits.get(head)?.files ?? new Map(),
    );
    this.#setTag(tag, other.sha);
  }

  #setTag(tag: string, sha: string): void {
    this.#hub.repository.setRef(`tags/${tag}`, sha, this.#scheduler.now);
    const sender = { login: 'alice', type: 'User' };
    this.#hub.emit('push', { ref: `refs/tags/${tag}`, after: sha, head_commit: { id: sha }, sender });
    this.#hub.emit('create', { ref: tag, ref_type: 'tag', sender });
  }

  comment(tag: string, by: string, text: string): void {
    const issue = this.#issueOf(tag);
    if (issue === null) return;
    const { repository } = this.#hub;
    const id = repository.nextId();
    repository.comments.push({ id, author: by, createdAt: this.#scheduler.now, issue, body: text });
    this.#hub.emit('issue_comment', this.#commentPayload('created', issue, id, by, text));
  }

  /** Somebody changes what they wrote into a command. */
  #edit(tag: string, text: string): void {
    const issue = this.#issueOf(tag);
    const comment = this.#hub.repository.comments.find((one) => one.issue === issue && one.author === 'mia');
    if (issue === null || comment === undefined) return;
    comment.body = text;
    this.#hub.emit('issue_comment', this.#commentPayload('edited', issue, comment.id, comment.author, text));
  }

  #commentPayload(
    action: string,
    issue: number,
    id: number,
    by: string,
    body: string,
  ): Readonly<Record<string, unknown>> {
    const type = by.endsWith('[bot]') ? 'Bot' : 'User';
    const comment = { id, body, html_url: `https://github.test/c/${id}`, user: { login: by, type } };
    const found = this.#hub.repository.issues.find((one) => one.id === issue);
    const { author: login, body: text } = found ?? { author: by, body: '' };
    return { action, issue: { number: issue, user: { login }, body: text }, comment };
  }

  #issueOf(tag: string): number | null {
    const found = this.#hub.repository.issues.find(({ title }) => title === `Release ${tag}`);
    return found?.id ?? null;
  }

  /** A job of the trusted workflow judges the tagged commit and submits, again and again until it is heard. */
  runGate(tag: string, gate: GateName, verdict: Verdict): void {
    const { repository } = this.#hub;
    const sha = repository.refAt(`tags/${tag}`, this.#scheduler.now);
    if (sha === null) return;
    const run = {
      id: repository.nextId(),
      sha,
      event: 'push',
      branch: null,
      attempt: 1,
      createdAt: this.#scheduler.now,
    };
    repository.runs.push(run);
    const finished = this.#scheduler.now;
    const submit = (left: number): void => {
      let accepted = false;
      this.#submit(this.#submission(tag, sha, gate, verdict, run.id, finished), (ok) => {
        accepted = ok;
      });
      this.#later(20_000, () => {
        if (!accepted && left > 0) submit(left - 1);
      });
    };
    submit(2_000);
  }

  #submission(
    tag: string,
    sha: string,
    gate: GateName,
    verdict: Verdict,
    runId: number,
    finished: number,
  ): Submitted {
    this.#token += 1;
    const ref = `refs/tags/${tag}`;
    const config = this.#hub.repository.commits.get(sha)?.files.get(configPath) ?? '';
    const at = new Date(finished).toISOString();
    const seconds = Math.floor(this.#scheduler.now / 1_000);
    return {
      claims: {
        iss: 'https://token.test',
        aud: 'https://conductor.test',
        sub: `repo:${repositoryName}:ref:${ref}`,
        jti: `token-${this.#token}`,
        iat: seconds,
        exp: seconds + 300,
        repository: repositoryName,
        run_id: runId,
        run_attempt: 1,
        sha,
        ref,
        workflow_ref: `${repositoryName}/${workflowPath}@${ref}`,
        workflow_sha: sha,
        event_name: 'push',
        actor: 'alice',
      },
      result: {
        schema_version: 1,
        gate,
        verdict,
        subject: { repository: repositoryName, sha, ref },
        summary: `${gate} says ${verdict}`,
        findings: [],
        measurements: {},
        evidence: [],
        inputs: { config_sha256: createHash('sha256').update(config).digest('hex') },
        started_at: at,
        finished_at: at,
        tool: { name: 'simulation', version: '1' },
      },
      files: [],
    };
  }

  #pull(number: number, what: 'opened' | 'synchronize' | 'closed'): void {
    const { repository } = this.#hub;
    const head = repository.refAt('heads/main', this.#scheduler.now);
    const pull = repository.pulls.find((one) => one.number === number);
    const commit = repository.commit(
      `work on #${number}`,
      head,
      repository.commits.get(head ?? '')?.files ?? new Map(),
    );
    if (what === 'opened')
      repository.pulls.push({ number, author: 'carol', headSha: commit.sha, state: 'open' });
    else if (pull === undefined) return;
    else if (what === 'closed') pull.state = 'closed';
    else pull.headSha = commit.sha;
    this.#hub.emit('pull_request', { action: what, pull_request: { number, merged: what === 'closed' } });
  }

  #later(delay: number, run: () => void): void {
    this.#scheduler.at(this.#scheduler.now + delay, 'people', run);
  }
}
