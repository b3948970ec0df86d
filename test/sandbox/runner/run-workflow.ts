import { silentLog } from '../../../core/ports/system.ts';
import type { GithubEvent } from '../../../sandbox/contract.ts';
import {
  type RepositorySettings,
  type Runner,
  type RunRecord,
  startRunner,
} from '../../../sandbox/runner/index.ts';
import { FakeGithub } from './fake-github.ts';

export const sha = 'a'.repeat(40);

export interface Scenario {
  readonly workflow?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly event?: Partial<GithubEvent>;
  readonly settings?: Partial<RepositorySettings>;
  readonly bundleDirectory?: string;
}

export interface Played {
  readonly github: FakeGithub;
  readonly runs: readonly RunRecord[];
  /** Log of a job's steps, joined. */
  log(job?: string): string;
}

/** A workflow with one job of the given steps. */
export function jobWith(steps: string, more = ''): string {
  const indented = steps.replaceAll(/^/gm, '      ');
  return `on: push\n${more}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n${indented}\n`;
}

export function pushEvent(change: Partial<GithubEvent> = {}): GithubEvent {
  const payload = { ref: 'refs/heads/main', after: sha, sender: { login: 'maya' } };
  return { name: 'push', repository: 'acme/shop', sha, ref: 'refs/heads/main', payload, ...change };
}

/** Plays one event against a repository of one commit, to the end. */
export async function play(scenario: Scenario): Promise<Played> {
  const github = new FakeGithub();
  const files = { ...scenario.files };
  if (scenario.workflow !== undefined) files['.github/workflows/test.yml'] = scenario.workflow;
  github.commit(sha, files);
  const runner = runnerOf(github, scenario);
  try {
    github.emit(pushEvent(scenario.event));
    await runner.idle();
    return playedOf(github, runner.runs());
  } finally {
    await runner.close();
  }
}

export function runnerOf(github: FakeGithub, scenario: Scenario = {}): Runner {
  return startRunner({
    github,
    bundleDirectory: scenario.bundleDirectory ?? '/nowhere',
    settings: () => ({ secrets: {}, variables: {}, ...scenario.settings }),
    log: silentLog,
  });
}

function playedOf(github: FakeGithub, runs: readonly RunRecord[]): Played {
  return {
    github,
    runs,
    log: (job) =>
      runs
        .flatMap((run) => run.jobs)
        .filter((record) => job === undefined || record.id === job)
        .flatMap((record) => record.steps.map((step) => step.log))
        .join('\n'),
  };
}
