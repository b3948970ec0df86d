import { appLogin, type Issue, repositoryName } from '../repository.ts';
import { type Answer, markerOf, paged, type Routes, required, seen, user } from './asked.ts';

const issueBody = (issue: Issue): Answer => ({
  number: issue.id,
  html_url: `https://github.test/${repositoryName}/issues/${issue.id}`,
  body: issue.body,
  state: issue.state,
  user: user(issue.author),
});

/** Issues, their comments and reactions. */
export const issuesRoutes: Routes = {
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
};
