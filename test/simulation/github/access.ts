import {
  githubForge,
  type OctokitRequest,
  patientRequests,
  type RequestClock,
} from '../../../adapters/github/index.ts';
import type { GithubAccess } from '../../../app/github.ts';
import type { Process, Scheduler } from '../scheduler.ts';
import type { Hub } from './hub.ts';
import { appSlug, repositoryName } from './repository.ts';

/**
 * GitHub as one process reaches it: the product's own adapter over a client whose every request is a call
 * that the simulation owns.
 */
export function simulatedGithub(hub: Hub, scheduler: Scheduler, process: Process): GithubAccess {
  const latency = (): number => scheduler.between(20, 400);
  const clock: RequestClock = {
    now: () => scheduler.now + process.skew,
    deadline: () => undefined,
    wait: (ms) =>
      scheduler.call(
        process,
        'clock wait',
        () => undefined,
        () => ms,
      ),
  };
  const wire: OctokitRequest = {
    request: (route, parameters = {}) => {
      const label = `github ${route.replace('/repos/{owner}/{repo}', '').replace(/https:\S+/, 'upload')}`;
      return scheduler.call(
        process,
        label,
        () => {
          hub.requests.push({ process: process.id, at: scheduler.now, route });
          const data = hub.answer(route, parameters);
          return { status: 200, headers: linkOf(route, parameters, data), data };
        },
        latency,
      );
    },
  };
  const asApp = patientRequests(wire, clock);
  const octokit = patientRequests(wire, clock);
  const forge = githubForge({ octokit, repository: repositoryName, appSlug, clock });
  return {
    asApp: async () => asApp,
    asInstallation: async () => octokit,
    forgeFor: async () => forge,
  };
}

function linkOf(
  route: string,
  parameters: Readonly<Record<string, unknown>>,
  data: unknown,
): Record<string, unknown> {
  if (route !== 'GET /app/hook/deliveries' || !Array.isArray(data) || data.length < 100) return {};
  const last = (data.at(-1) as { id: number }).id;
  return {
    link: `<https://api.github.test/app/hook/deliveries?per_page=${parameters.per_page}&cursor=${last}>; rel="next"`,
  };
}
