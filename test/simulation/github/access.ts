import {
  githubForge,
  type OctokitRequest,
  type patientRequests,
  type RequestClock,
} from '../../../adapters/github/index.ts';
import { type Sql, storedPauses } from '../../../adapters/postgres/index.ts';
import type { GithubAccess } from '../../../app/github.ts';
import type { Clock } from '../../../core/ports/system.ts';
import type { Process, Scheduler } from '../scheduler.ts';
import type { Hub } from './hub.ts';
import { appSlug, installationId, repositoryName } from './repository.ts';

/** How often an answer takes so long that others overtake it. */
const slow = 0.01;

/** GitHub's API on the wire: every request of a process is a call that the simulation owns. */
export function simulatedWire(hub: Hub, scheduler: Scheduler, process: Process): OctokitRequest {
  const latency = (): number =>
    scheduler.chance(slow) ? scheduler.between(1_000, 4_000) : scheduler.between(20, 400);
  const send: OctokitRequest['request'] = (route, parameters = {}) => {
    const label = `github ${route.replace('/repos/{owner}/{repo}', '').replace(/https:\S+/, 'upload')}`;
    const answer = (): Awaited<ReturnType<OctokitRequest['request']>> => {
      const data = hub.answer(route, parameters);
      return { status: 200, headers: linkOf(route, parameters, data), data };
    };
    return scheduler.call(process, label, answer, latency);
  };
  return {
    request: (route, parameters = {}) =>
      parameters.data instanceof ReadableStream
        ? received(parameters).then((complete) => send(route, complete))
        : send(route, parameters),
  };
}

/** A body that comes as a stream, once it has all come. */
async function received(
  parameters: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of parameters.data as ReadableStream<Uint8Array>) pieces.push(piece);
  return { ...parameters, data: Buffer.concat(pieces) };
}

/** The product's own adapter over the wire, with a client for the App and one for its installation. */
export function simulatedGithub(
  wire: OctokitRequest,
  clock: RequestClock,
  patient: typeof patientRequests,
  store: Sql,
): GithubAccess {
  const asApp = patient(wire, clock, storedPauses(store, 'app'));
  const octokit = patient(wire, clock, storedPauses(store, installationId));
  const forge = githubForge({ octokit, repository: repositoryName, appSlug, clock });
  return { asApp: async () => asApp, asInstallation: async () => octokit, forgeFor: async () => forge };
}

export function simulatedClock(scheduler: Scheduler, process: Process, { now }: Clock): RequestClock {
  return {
    now,
    deadline: () => undefined,
    wait: (ms) =>
      scheduler.call(
        process,
        'clock wait',
        () => undefined,
        () => ms,
      ),
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
