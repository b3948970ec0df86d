import { checkNameOf, type GateName, gateNames } from '../../core/gate/names.ts';
import type { Verdict } from '../../core/gate/result.ts';
import { type Actions, workflowPath } from './actions.ts';
import type { Hub } from './github/hub.ts';
import { appSlug, isTooOld, type PullVersion, pullAt } from './github/repository.ts';
import { pullBody } from './github/routes/pulls.ts';
import type { Act, Plan } from './plan.ts';
import type { Scheduler } from './scheduler.ts';

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

/** The pull request that comes from a fork. */
export const forkedPull = 8;

/** People at the modelled GitHub: what they do starts jobs of its Actions, and reaches the App as webhooks. */
export class People {
  readonly #scheduler: Scheduler;
  readonly #hub: Hub;
  readonly #actions: Actions;

  constructor(scheduler: Scheduler, hub: Hub, actions: Actions) {
    this.#scheduler = scheduler;
    this.#hub = hub;
    this.#actions = actions;
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
      case 're-run':
        this.#rerun(act.number, act.gate, act.byHand);
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

  /** A job of the workflow judges the tagged commit. */
  runGate(tag: string, gate: GateName, verdict: Verdict): void {
    const sha = this.#hub.repository.refAt(`tags/${tag}`, this.#scheduler.now);
    if (sha === null) return;
    this.#actions.runGate({ sha, event: 'push', ref: `refs/tags/${tag}` }, gate, verdict);
  }

  /** Somebody works on a pull request. A new head starts the workflow, which may be quicker than the webhook. */
  #pull(number: number, what: PullAct): void {
    const { repository } = this.#hub;
    const { now } = this.#scheduler;
    const known = pullAt(repository, number, now);
    if ((known === null) !== (what === 'opened') || isNoNews(known, what)) return;
    const isPushed = what === 'opened' || what === 'synchronize';
    const headSha = isPushed ? this.#push(number) : (known?.headSha ?? '');
    const version = { at: now, headSha, state: what === 'closed' ? 'closed' : 'open' } as const;
    repository.pulls.set(number, [...(repository.pulls.get(number) ?? []), version]);
    this.#hub.emit('pull_request', { action: what, pull_request: pullBody(repository, number, now) });
    if (!isPushed) return;
    const judged = { sha: headSha, event: 'pull_request', ref: `refs/pull/${number}/merge` } as const;
    const most = this.#scheduler.pick([1_500, 1_500, 20_000]);
    if (number === forkedPull) {
      this.#later(this.#scheduler.between(0, most), () => this.#actions.runForFork(judged));
      return;
    }
    for (const gate of gateNames) {
      this.#later(this.#scheduler.between(0, most), () => this.#actions.runGate(judged, gate, 'pass'));
    }
  }

  /** "Re-run" is there on a check that has ended. */
  #rerun(number: number, gate: GateName, byHand: boolean): void {
    const { repository } = this.#hub;
    const sha = pullAt(repository, number, this.#scheduler.now)?.headSha;
    const name = checkNameOf[gate];
    const check = repository.checks.findLast((one) => one.sha === sha && one.name === name);
    if (check?.status !== 'completed') return;
    this.#hub.emit('check_run', {
      action: 'rerequested',
      check_run: { name, head_sha: sha, external_id: check.externalId, app: { slug: appSlug } },
      sender: { login: 'alice', type: 'User' },
    });
    const run = repository.runs.findLast((one) => one.sha === sha);
    if (byHand && run?.status === 'completed' && !isTooOld(run)) run.again();
  }

  #push(number: number): string {
    const { repository } = this.#hub;
    const base = repository.refAt('heads/main', this.#scheduler.now);
    const files = repository.commits.get(base ?? '')?.files ?? new Map();
    return repository.commit(`work on #${number}`, base, files).sha;
  }

  #later(delay: number, run: () => void): void {
    this.#scheduler.at(this.#scheduler.now + delay, 'people', run);
  }
}

type PullAct = Extract<Act, { act: 'pull' }>['what'];

function isNoNews(known: PullVersion | null, what: PullAct): boolean {
  return what !== 'opened' && (known?.state === 'open') === (what === 'reopened');
}
