import type { Deployment, Issue, Release, Repository } from './repository.ts';
import { appLogin, appSlug, repositoryName } from './repository.ts';

/** One request as it reached GitHub. `asOf`: what the replica that answers has seen, ms since the epoch. */
export interface Asked {
  readonly repository: Repository;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly now: number;
  readonly asOf: number;
  /** Something happened that the App's webhook or the pipeline is told of. */
  readonly happened: (what: Happening) => void;
}

export type Happening =
  | { readonly kind: 'deployment'; readonly deployment: Deployment }
  | { readonly kind: 'created'; readonly what: string; readonly key: string }
  | { readonly kind: 'published'; readonly release: Release };

type Answer = unknown;

/** A refusal in GitHub's form. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(message), { status, response: { headers, data: { message } } });
}

/** The App's own authors look like this everywhere. */
const user = (login: string): { login: string } => ({ login });

const issueBody = (issue: Issue): Answer => ({
  number: issue.id,
  html_url: `https://github.test/${repositoryName}/issues/${issue.id}`,
  body: issue.body,
  state: issue.state,
  user: user(issue.author),
});
const releaseBody = (release: Release): Answer => ({
  id: release.id,
  tag_name: release.tag,
  draft: release.draft,
  body: release.body,
  html_url: `https://github.test/${repositoryName}/releases/${release.id}`,
  upload_url: `https://uploads.github.test/releases/${release.id}/assets{?name,label}`,
});

function required<T>(found: T | null | undefined): T {
  if (found === null || found === undefined) throw refusal(404, 'Not Found');
  return found;
}

function seen<T extends { readonly createdAt: number }>(items: readonly T[], { asOf }: Asked): readonly T[] {
  return items.filter(({ createdAt }) => createdAt <= asOf);
}

/** Text of the hidden first line by which the App finds what it wrote. */
export function markerOf(body: string): string {
  return body.split('\n', 1)[0] ?? '';
}

/** The part of GitHub's REST API that the App uses. What a route does not read of its parameters does not matter. */
export const routes: Readonly<Record<string, (asked: Asked) => Answer>> = {
  'GET /repos/{owner}/{repo}': () => ({ default_branch: 'main' }),
  'GET /repos/{owner}/{repo}/git/ref/{ref}': ({ repository, parameters, asOf }) => {
    const sha = required(repository.refAt(String(parameters.ref), asOf));
    return { object: { sha, type: 'commit' } };
  },
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': ({ repository, parameters }) => {
    const commit = required(repository.commits.get(String(parameters.commit_sha)));
    return {
      sha: commit.sha,
      tree: { sha: commit.sha },
      message: commit.message,
      author: { name: commit.author },
      parents: commit.parents.map((sha) => ({ sha })),
    };
  },
  'GET /repos/{owner}/{repo}/compare/{basehead}': ({ repository, parameters }) => {
    const [base = '', head = ''] = String(parameters.basehead).split('...');
    const line = repository.ancestry(head);
    const at = line.findIndex(({ sha }) => sha === base);
    const status = base === head ? 'identical' : at > 0 ? 'ahead' : 'diverged';
    return { status, commits: line.slice(0, Math.max(at, 0)).toReversed().map(commitBody) };
  },
  'GET /repos/{owner}/{repo}/commits': ({ repository, parameters }) =>
    repository.ancestry(String(parameters.sha)).map(commitBody),
  'GET /repos/{owner}/{repo}/contents/{+path}': ({ repository, parameters }) => {
    const commit = required(repository.commits.get(String(parameters.ref)));
    const text = required(commit.files.get(decodeURIComponent(String(parameters.path))));
    const content = Buffer.from(text).toString('base64');
    return { type: 'file', sha: commit.sha, size: text.length, content, encoding: 'base64' };
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': ({ repository, parameters, asOf }) => {
    const pull = required(repository.pulls.find(({ number }) => number === parameters.pull_number));
    const repo = { full_name: repositoryName };
    return {
      state: pull.state,
      user: user(pull.author),
      head: { sha: pull.headSha, ref: 'feature', repo },
      base: { sha: repository.refAt('heads/main', asOf), ref: 'main', repo },
    };
  },
  'GET /repos/{owner}/{repo}/pulls': ({ repository }) =>
    repository.pulls.filter(({ state }) => state === 'open').map(({ number }) => ({ number })),
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': ({ repository, parameters }) => {
    const run = required(repository.runs.find(({ id }) => id === parameters.run_id));
    return {
      head_sha: run.sha,
      head_branch: run.branch,
      event: run.event,
      path: '.github/workflows/gates.yml',
      run_attempt: run.attempt,
      repository: { full_name: repositoryName },
      head_repository: { full_name: repositoryName },
    };
  },
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': ({ repository, parameters }) => ({
    role_name: repository.roles.get(String(parameters.username)) ?? 'none',
  }),

  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': (asked) => ({
    check_runs: seen(asked.repository.checks, asked)
      .filter(({ sha, name }) => sha === asked.parameters.ref && name === asked.parameters.check_name)
      .map((check) => ({
        id: check.id,
        status: check.status,
        conclusion: check.conclusion,
        external_id: check.externalId,
        app: { slug: check.author === appLogin ? appSlug : 'github-actions' },
        output: { title: '', annotations_count: 0 },
      })),
  }),
  'POST /repos/{owner}/{repo}/check-runs': (asked) => {
    const { repository, parameters, now } = asked;
    const check = {
      id: repository.nextId(),
      author: appLogin,
      createdAt: now,
      sha: String(parameters.head_sha),
      name: String(parameters.name),
      status: String(parameters.status),
      conclusion: (parameters.conclusion as string | undefined) ?? null,
      externalId: String(parameters.external_id),
    };
    repository.checks.push(check);
    asked.happened({ kind: 'created', what: 'check', key: check.externalId });
    return { id: check.id };
  },
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': ({ repository, parameters }) => {
    const check = required(repository.checks.find(({ id }) => id === parameters.check_run_id));
    check.status = String(parameters.status);
    check.conclusion = (parameters.conclusion as string | undefined) ?? null;
    check.externalId = String(parameters.external_id);
    return {};
  },

  'GET /repos/{owner}/{repo}/issues': (asked) => seen(asked.repository.issues, asked).map(issueBody),
  'GET /repos/{owner}/{repo}/issues/{issue_number}': ({ repository, parameters }) =>
    issueBody(required(repository.issues.find(({ id }) => id === parameters.issue_number))),
  'POST /repos/{owner}/{repo}/issues': (asked) => {
    const { repository, parameters, now } = asked;
    const issue: Issue = {
      id: repository.nextId(),
      author: appLogin,
      createdAt: now,
      title: String(parameters.title),
      body: String(parameters.body),
      state: 'open',
    };
    repository.issues.push(issue);
    asked.happened({ kind: 'created', what: 'issue', key: markerOf(issue.body) });
    return issueBody(issue);
  },
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}': ({ repository, parameters }) => {
    const issue = required(repository.issues.find(({ id }) => id === parameters.issue_number));
    if (parameters.body !== undefined) issue.body = String(parameters.body);
    if (parameters.state !== undefined) issue.state = parameters.state as Issue['state'];
    return {};
  },
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': (asked) =>
    paged(
      seen(asked.repository.comments, asked).filter(({ issue }) => issue === asked.parameters.issue_number),
      asked,
    ).map((comment) => ({
      id: comment.id,
      html_url: `https://github.test/c/${comment.id}`,
      body: comment.body,
      user: user(comment.author),
    })),
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': (asked) => {
    const { repository, parameters, now } = asked;
    const issue = Number(parameters.issue_number);
    const body = String(parameters.body);
    const comment = { id: repository.nextId(), author: appLogin, createdAt: now, issue, body };
    repository.comments.push(comment);
    asked.happened({ kind: 'created', what: 'comment', key: `${issue} ${markerOf(body)}` });
    return { id: comment.id, html_url: `https://github.test/c/${comment.id}`, body, user: user(appLogin) };
  },
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': ({ repository, parameters }) => {
    const comment = required(repository.comments.find(({ id }) => id === parameters.comment_id));
    comment.body = String(parameters.body);
    return {};
  },
  'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions': ({ repository, parameters }) => {
    const comment = Number(parameters.comment_id);
    const content = String(parameters.content);
    const known = repository.reactions.some((one) => one.comment === comment && one.content === content);
    if (!known) repository.reactions.push({ comment, content });
    return {};
  },

  'GET /repos/{owner}/{repo}/deployments': (asked) =>
    paged(
      seen(asked.repository.deployments, asked)
        .filter(
          ({ sha, environment, task }) =>
            sha === asked.parameters.sha &&
            environment === asked.parameters.environment &&
            task === asked.parameters.task,
        )
        .toReversed(),
      asked,
    ).map(({ id, payload, author }) => ({ id, payload, creator: user(author) })),
  'POST /repos/{owner}/{repo}/deployments': (asked) => {
    const { repository, parameters, now } = asked;
    const deployment: Deployment = {
      id: repository.nextId(),
      author: appLogin,
      createdAt: now,
      sha: String(parameters.ref),
      environment: String(parameters.environment),
      task: String(parameters.task),
      payload: parameters.payload as Deployment['payload'],
      statuses: [],
    };
    repository.deployments.push(deployment);
    asked.happened({ kind: 'created', what: 'deployment', key: String(deployment.payload.idempotency_key) });
    asked.happened({ kind: 'deployment', deployment });
    return { id: deployment.id };
  },
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': ({ repository, parameters, asOf }) => {
    const deployment = required(repository.deployments.find(({ id }) => id === parameters.deployment_id));
    const newest = deployment.statuses.findLast(({ at }) => at <= asOf);
    return newest === undefined ? [] : [{ state: newest.state }];
  },

  'GET /repos/{owner}/{repo}/releases': (asked) => seen(asked.repository.releases, asked).map(releaseBody),
  'GET /repos/{owner}/{repo}/releases/latest': ({ repository }) => {
    const published = repository.releases.filter(({ draft }) => !draft);
    return releaseBody(required(published.toSorted((a, b) => b.publishedAt - a.publishedAt)[0]));
  },
  'GET /repos/{owner}/{repo}/releases/{release_id}': ({ repository, parameters }) =>
    releaseBody(required(repository.releases.find(({ id }) => id === parameters.release_id))),
  'POST /repos/{owner}/{repo}/releases': (asked) => {
    const { repository, parameters, now } = asked;
    const tag = String(parameters.tag_name);
    const body = String(parameters.body);
    const id = repository.nextId();
    const release = { id, author: appLogin, createdAt: now, tag, draft: true, body, publishedAt: 0 };
    repository.releases.push(release);
    asked.happened({ kind: 'created', what: 'release', key: tag });
    return releaseBody(release);
  },
  'PATCH /repos/{owner}/{repo}/releases/{release_id}': (asked) => {
    const { repository, parameters, now } = asked;
    const release = required(repository.releases.find(({ id }) => id === parameters.release_id));
    if (release.draft && parameters.draft === false) {
      release.draft = false;
      release.publishedAt = now;
      asked.happened({ kind: 'published', release });
    }
    release.body = String(parameters.body);
    return releaseBody(release);
  },
  'GET /repos/{owner}/{repo}/releases/{release_id}/assets': (asked) =>
    seen(asked.repository.assets, asked)
      .filter(({ release }) => release === asked.parameters.release_id)
      .map(({ id, name, bytes }) => ({ id, name, size: bytes.byteLength })),
  'POST assets': (asked) => {
    const { repository, parameters, now } = asked;
    const release = required(repository.releases.find(({ id }) => id === parameters.release_id));
    if (!release.draft) throw refusal(422, 'Cannot upload assets to an immutable release.');
    const name = String(parameters.name);
    if (repository.assets.some((asset) => asset.release === release.id && asset.name === name)) {
      throw refusal(422, 'Validation Failed: already_exists');
    }
    const bytes = new Uint8Array(parameters.data as Uint8Array);
    const id = repository.nextId();
    repository.assets.push({ id, author: appLogin, createdAt: now, release: release.id, name, bytes });
    return { id, name, size: bytes.byteLength };
  },
  'GET /repos/{owner}/{repo}/releases/assets/{asset_id}': ({ repository, parameters }) => {
    const { bytes } = required(repository.assets.find(({ id }) => id === parameters.asset_id));
    return Uint8Array.from(bytes).buffer;
  },
  'DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}': ({ repository, parameters }) => {
    const at = repository.assets.findIndex(({ id }) => id === parameters.asset_id);
    if (at < 0) throw refusal(404, 'Not Found');
    repository.assets.splice(at, 1);
    return null;
  },
};

function commitBody(commit: { sha: string; message: string; author: string }): Answer {
  const { sha, message, author } = commit;
  return { sha, commit: { message, author: { name: author } }, author: { login: author } };
}

function paged<T>(items: readonly T[], { parameters }: Asked): readonly T[] {
  const size = Number(parameters.per_page ?? 30);
  const page = Number(parameters.page ?? 1);
  return items.slice((page - 1) * size, page * size);
}
