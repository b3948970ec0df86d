import { z } from 'zod';
import type { OrganisationText } from '../../core/config/organisation/check.ts';
import { organisationOf } from '../../core/config/organisation/place.ts';
import { configPath } from '../../core/config/path.ts';
import { conductorEndpoint } from './conductor-address.ts';
import { askPatiently, isSilence, type PatientPorts } from './patience.ts';

/** The organisation's config, or why it is not known. */
export type OrganisationRead =
  | { readonly known: true; readonly organisation: OrganisationText | null }
  | { readonly known: false; readonly reason: string };

const answerSchema = z.object({
  organisation: z.object({ file: z.string(), text: z.string(), problem: z.string().optional() }).nullable(),
});

/** What a Conductor says of an organisation's config. @throws when the answer is none. */
export function parseOrganisationAnswer(answer: unknown): OrganisationRead {
  const { organisation } = answerSchema.parse(answer);
  if (organisation === null) return { known: true, organisation };
  const { file, text, problem } = organisation;
  return problem === undefined
    ? { known: true, organisation: { file, text } }
    : unknown(`${file}: ${problem}`);
}

/**
 * The config of the job's organisation, asked of the Conductor with the job's own identity. One that cannot be had is no
 * reason to hide a verdict: the Conductor takes no result that was computed without it.
 */
export async function organisationOfConductor(
  conductorUrl: string,
  ports: PatientPorts & { readonly token: () => Promise<string> },
): Promise<OrganisationRead> {
  const url = conductorEndpoint(conductorUrl, '/v1/organisation');
  const ask = async (): Promise<Response> =>
    ports.fetch(url, {
      headers: { authorization: `Bearer ${await ports.token()}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(15_000),
    });
  try {
    const answer = await askPatiently(ask, ports);
    if (isSilence(answer)) return unknown(`${url.origin} ${answer.what}`);
    if (!answer.ok) return unknown(`${url.origin} answered ${answer.status}`);
    return parseOrganisationAnswer(await answer.json());
  } catch {
    return unknown(`${url.origin} could not be asked`);
  }
}

/**
 * What `token` can read (empty: what everybody can), for a job without an identity, as those of forks are. A private
 * repository that it may not read looks like none at all.
 */
export async function visibleOrganisation(
  repository: string,
  apiUrl: string,
  ports: { readonly fetch: typeof fetch; readonly token: string },
): Promise<OrganisationRead> {
  const name = organisationOf(repository);
  // The organisation's own config is no default of itself.
  if (name === repository) return { known: true, organisation: null };
  try {
    const answer = await ports.fetch(`${apiUrl}/repos/${name}/contents/${configPath}`, {
      headers: {
        accept: 'application/vnd.github.raw+json',
        'user-agent': 'release-conductor',
        ...(ports.token === '' ? {} : { authorization: `Bearer ${ports.token}` }),
      },
      // The API leads from the old name of a repository to the new one, which is another repository's config.
      redirect: 'manual',
      signal: AbortSignal.timeout(15_000),
    });
    if (answer.status === 404) return { known: true, organisation: null };
    if (answer.status >= 300 && answer.status < 400) return unknown(`${name} was moved`);
    if (!answer.ok) return unknown(`${name} answered ${answer.status}`);
    return { known: true, organisation: { file: `${name}/${configPath}`, text: await answer.text() } };
  } catch {
    return unknown(`${name} could not be read`);
  }
}

function unknown(reason: string): OrganisationRead {
  return { known: false, reason };
}
