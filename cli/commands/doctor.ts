import { setTimeout } from 'node:timers/promises';

import { type Examined, examine, examineGithub, sharedRequests, summaryOf } from '../../app/doctor.ts';
import { InputError } from '../../core/errors.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { machineChecks } from '../doctor/machine.ts';
import { renderExamined, renderRepositories } from '../doctor/render.ts';
import { repositoryOf } from '../github.ts';
import { harmless } from '../render-gate.ts';

export const doctorCommand: CliCommand = {
  usage: '[options]',
  description: [
    'Looks at what the Conductor needs, and changes nothing. This machine: Node, config, environment, disk, key,',
    'Postgres, port, clock. GitHub: permissions and events of the App, webhooks that failed within a day, what is left',
    'of the rate limit, required checks that are not pinned, classic branch protection that administrators merge past, a',
    'merge queue that the App cannot see, tags that can be moved, workflows that run foreign code with secrets, a config',
    'weaker than the organisation allows. Each problem with its remedy; of an organisation, what its repositories have in',
    'common is said once.',
    'Exit status 0: no problem, 1: some, 3: none was found, but something could not be asked (?), which is not the same',
    'as being in order. What nobody asked for is skipped (–).',
  ].join('\n'),
  options: {
    repo: {
      value: 'OWNER/REPO',
      help: 'also look at the rules of this repository; default: GITHUB_REPOSITORY',
    },
    org: {
      value: 'OWNER',
      help: 'look at every repository that the App (APP_ID, PRIVATE_KEY) is installed on',
    },
    offline: { help: 'leave GitHub out' },
    json: { help: 'print the findings as JSON' },
  },
  examples: [
    ['doctor', 'this machine and this folder'],
    ['doctor --repo acme/shop', 'and the rules of a repository (GITHUB_TOKEN, or APP_ID and PRIVATE_KEY)'],
    ['doctor --org acme --json', 'a whole organisation, for a script'],
  ],
  async run(input, world) {
    const machine = { subject: 'this machine', findings: await examine(machineChecks, world) };
    const examined = [machine, ...(input.flag('offline') ? [] : await elsewhere(input, world))];
    if (input.flag('json')) world.print(JSON.stringify(examined.flatMap(withSubject), null, 2));
    else for (const part of pagesOf(examined, input.text('org'))) world.print(harmless(part));
    const { problems, unknown } = summaryOf(examined);
    return problems > 0 ? 1 : unknown > 0 ? 3 : 0;
  },
};

async function elsewhere(input: CliInput, world: CliWorld): Promise<readonly Examined[]> {
  const owner = input.text('org');
  const named = input.text('repo') ?? world.env.GITHUB_REPOSITORY;
  if (owner === null) {
    const repository = named ? repositoryOf(named, world) : null;
    return examineGithub(world, { kind: 'repository', repository, folder: world.cwd });
  }
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/.test(owner)) {
    const { fetch, asked } = sharedRequests(world.fetch, setTimeout);
    const examined = await examineGithub({ env: world.env, fetch }, { kind: 'organisation', owner });
    world.note(
      `GitHub was asked ${asked.sent} times; ${asked.shared} answers were good for more than one repository`,
    );
    return examined;
  }
  throw new InputError(
    'USAGE',
    `expected an owner, found ${JSON.stringify(owner.slice(0, 100))}`,
    '--org acme',
  );
}

/** Of an organisation, what its repositories have in common is said once. */
function pagesOf(examined: readonly Examined[], owner: string | null): readonly string[] {
  if (owner === null) return examined.map(renderExamined);
  const isRepository = ({ subject }: Examined): boolean => subject.includes('/');
  return [
    ...examined.filter((one) => !isRepository(one)).map(renderExamined),
    renderRepositories(examined.filter(isRepository)),
  ];
}

function withSubject({ subject, findings }: Examined): readonly object[] {
  return findings.map((finding) => ({ subject, ...finding }));
}
