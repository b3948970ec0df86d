import {
  type OrganisationRead,
  parseOrganisationAnswer,
  visibleOrganisation,
} from '../adapters/actions-runner/organisation.ts';
import { isOrganisation, organisationOf } from '../core/config/organisation/place.ts';
import { configPath } from '../core/config/path.ts';
import type { CliInput, CliOption, CliWorld } from './command.ts';
import { conductorHeaders } from './conductor.ts';
import { readNamedFile } from './files.ts';

export const organisationOption: CliOption = {
  value: 'FILE|none',
  help: 'config of OWNER/.github, which holds too; default: read with CONDUCTOR_URL or GITHUB_TOKEN',
};

/**
 * The config of the organisation of a repository: from the file that was named, else as the Conductor has it, else as
 * GITHUB_TOKEN can read it. Says which one counts. One that somebody was asked for in vain is not known, which is not the
 * same as there being none.
 *
 * @throws InputError `FILE_UNREADABLE`
 */
export async function organisationFor(
  repository: string,
  input: CliInput,
  world: CliWorld,
): Promise<OrganisationRead> {
  const named = input.text('organisation');
  if (named !== null && named !== 'none') {
    const bytes = await readNamedFile(world, named, 1_024 * 1_024);
    return told({ file: named, text: Buffer.from(bytes).toString('utf8') }, world);
  }
  // A folder without a remote belongs to nobody.
  if (named === 'none' || repository.startsWith('local/') || isOrganisation(repository)) return none;
  return readFromAfar(repository, world);
}

const none: OrganisationRead = { known: true, organisation: null };

function told(
  organisation: NonNullable<Extract<OrganisationRead, { known: true }>['organisation']>,
  world: CliWorld,
) {
  world.note(`the config of the organisation counts, too: ${organisation.file}`);
  return { known: true, organisation } as const;
}

async function readFromAfar(repository: string, world: CliWorld): Promise<OrganisationRead> {
  const { CONDUCTOR_URL: conductor, GITHUB_TOKEN: token, GITHUB_API_URL: api } = world.env;
  const place = organisationOf(repository);
  if (!conductor && !token) {
    world.note(
      `the config of ${place}, if there is one, was left out: where it is stricter, so are the checks on GitHub (set CONDUCTOR_URL or GITHUB_TOKEN, or give --organisation FILE)`,
    );
    return none;
  }
  const asked = conductor ? await conductorsOrganisation(conductor, place, world) : null;
  if (asked?.known === true) return asked.organisation === null ? none : told(asked.organisation, world);
  if (!token) return asked ?? none;
  const { fetch } = world;
  const read = await visibleOrganisation(repository, api || 'https://api.github.com', { fetch, token });
  if (!read.known) return asked === null ? read : { known: false, reason: `${asked.reason}; ${read.reason}` };
  if (read.organisation !== null) return told(read.organisation, world);
  // The Conductor may know of one that this token cannot see.
  if (asked !== null) return asked;
  world.note(
    `GITHUB_TOKEN sees no ${configPath} in ${place}: where there is one, the checks on GitHub may be stricter`,
  );
  return none;
}

async function conductorsOrganisation(
  base: string,
  place: string,
  world: CliWorld,
): Promise<OrganisationRead> {
  try {
    const answer = await world.fetch(`${base.replace(/\/$/, '')}/v1/organisation/${place}`, {
      headers: conductorHeaders(world),
      signal: AbortSignal.timeout(15_000),
    });
    if (!answer.ok) return { known: false, reason: `${base} answered ${answer.status}` };
    return parseOrganisationAnswer(await answer.json());
  } catch {
    return { known: false, reason: `${base} could not be asked` };
  }
}
