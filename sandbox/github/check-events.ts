import { renderCheckRun, renderSuite, renderSuiteForWebhook, runsOfSuite, suiteState } from './checks.ts';
import type { Github } from './github.ts';
import type { Identity } from './identity.ts';
import type { CheckRun, CheckSuite } from './records.ts';
import { onDefaultBranch } from './refs.ts';
import type { RepositoryState } from './world.ts';

/** `check_run`, and `check_suite.completed` when it was the last one of its suite. */
export async function announceCheck(
  github: Github,
  repository: RepositoryState,
  run: CheckRun,
  action: 'created' | 'completed' | 'rerequested',
  cause: Identity,
): Promise<void> {
  const suite = repository.suites.get(run.suiteId);
  if (suite === undefined) return;
  const check = {
    ...(await renderCheckRun(github, repository, run)),
    check_suite: await renderSuite(github, repository, suite),
  };
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, {
    name: 'check_run',
    payload: { action, check_run: check },
    cause,
    on,
  });
  const isSuiteDone = suiteState(runsOfSuite(repository, suite.id)).status === 'completed';
  if (action === 'completed' && isSuiteDone)
    await announceSuite(github, repository, suite, 'completed', cause);
}

export async function announceSuite(
  github: Github,
  repository: RepositoryState,
  suite: CheckSuite,
  action: 'completed' | 'rerequested',
  cause: Identity,
): Promise<void> {
  const payload = { action, check_suite: await renderSuiteForWebhook(github, repository, suite) };
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, { name: 'check_suite', payload, cause, on });
}
