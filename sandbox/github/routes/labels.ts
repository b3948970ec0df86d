import { reads, writes } from '../access.ts';
import type { Answer, Call } from '../call.ts';
import type { Github } from '../github.ts';
import type { Json } from '../json.ts';
import { announcePull } from '../ref-events.ts';
import { onDefaultBranch } from '../refs.ts';
import { notFound, unprocessable } from '../refusal.ts';
import { forwarded, onRepository, type Route } from '../route.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}';
const ofIssue = `${base}/issues/{issue_number}/labels`;
const one = `${base}/labels/{name}`;

const readsTalk = reads('issues', 'pull_requests');
const edits = writes(['issues', 'pull_requests'], 'triage');
const manages = writes(['issues', 'pull_requests']);

/** Labels are emulate's; what they tell the App is ours. */
export const labelRoutes: readonly Route[] = [
  forwarded(`GET ${ofIssue}`, readsTalk),
  onRepository(`POST ${ofIssue}`, edits, (call, repository, github) =>
    changeLabels(call, repository, github),
  ),
  onRepository(`DELETE ${ofIssue}/{name}`, edits, (call, repository, github) =>
    changeLabels(call, repository, github),
  ),
  forwarded(`GET ${base}/labels`, readsTalk),
  onRepository(`POST ${base}/labels`, manages, async (call, repository, github) => {
    if ((await spelt(String(call.body.name), repository, github)) !== null)
      throw unprocessable('already_exists');
    const answer = await github.upstream.forward(call);
    if (answer.status === 201) await announce(call, repository, github, 'created', answer.body as Json);
    return answer;
  }),
  onRepository(`GET ${one}`, readsTalk, async (call, repository, github) =>
    github.upstream.forward(await named(call, repository, github)),
  ),
  onRepository(`PATCH ${one}`, manages, async (call, repository, github) => {
    const asked = await named(call, repository, github);
    const before = await github.upstream.get(asked.path);
    const answer = await github.upstream.forward(asked);
    if (answer.status !== 200) return answer;
    const after = answer.body as Json;
    const changed = ['name', 'color', 'description'].filter((field) => before[field] !== after[field]);
    const changes = Object.fromEntries(changed.map((field) => [field, { from: before[field] ?? '' }]));
    await announce(call, repository, github, 'edited', after, { changes });
    return answer;
  }),
  onRepository(`DELETE ${one}`, manages, async (call, repository, github) => {
    const asked = await named(call, repository, github);
    const before = await github.upstream.get(asked.path);
    const answer = await github.upstream.forward(asked);
    if (answer.status === 204) await announce(call, repository, github, 'deleted', before);
    return answer;
  }),
];

/** GitHub takes a label's name in any letters, emulate does not. Throws 404 for a name that no label has. */
async function named(call: Call, repository: RepositoryState, github: Github): Promise<Call> {
  const name = await spelt(call.params.name ?? '', repository, github);
  if (name === null) throw notFound();
  return { ...call, path: `${repository.path}/labels/${encodeURIComponent(name)}` };
}

/** The name as the label has it; null: there is none. */
async function spelt(name: string, { path }: RepositoryState, github: Github): Promise<string | null> {
  for (let page = 1; ; page += 1) {
    const labels = await github.upstream.get<readonly Json[]>(`${path}/labels?per_page=100&page=${page}`);
    const found = labels.find((label) => String(label.name).toLowerCase() === name.toLowerCase());
    if (found !== undefined) return String(found.name);
    if (labels.length < 100) return null;
  }
}

/** Each label that was put on or taken off a pull request is an event of its own. */
async function changeLabels(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const number = Number(call.params.issue_number);
  const path = `${repository.path}/issues/${number}/labels`;
  const before = await github.upstream.get<readonly Json[]>(path);
  const answer = await github.upstream.forward(call);
  if (answer.status !== 200 || !repository.pulls.has(number)) return answer;
  const after = answer.body as readonly Json[];
  const without = (labels: readonly Json[], others: readonly Json[]): readonly Json[] =>
    labels.filter(({ name }) => !others.some((other) => other.name === name));
  for (const label of without(after, before)) {
    await announcePull(github, repository, number, { action: 'labeled', label }, call.who);
  }
  for (const label of without(before, after)) {
    await announcePull(github, repository, number, { action: 'unlabeled', label }, call.who);
  }
  return answer;
}

async function announce(
  call: Call,
  repository: RepositoryState,
  github: Github,
  action: 'created' | 'edited' | 'deleted',
  label: Json,
  more: Json = {},
): Promise<void> {
  const on = await onDefaultBranch(github, repository);
  const payload = { action, label, ...more };
  await github.events.emit(repository, { name: 'label', payload, cause: call.who, on });
}
