import { ConductorError } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import type { Diagnosis, DoctorCheck, Patient } from '../doctor/check.ts';
import { githubChecks } from '../doctor/github.ts';
import { machineChecks } from '../doctor/machine.ts';
import { repositoryOf } from '../github.ts';
import { harmless } from '../render-gate.ts';

const marks = { ok: '✔', problem: '✖', skipped: '–' } as const;

export const doctorCommand: CliCommand = {
  usage: '[options]',
  description: [
    'Looks at what the Conductor needs, and changes nothing. This machine: Node, config, environment, disk, key,',
    'Postgres, port, clock. GitHub: permissions and events of the App, webhooks that failed within a day, what is left',
    'of the rate limit, required checks that are not pinned, a merge queue that the App cannot see, tags that can be',
    'moved, workflows that run foreign code with secrets. Each problem with its remedy.',
    'Exit status 0: no problem, 1: some. What could not be looked at is shown as skipped.',
  ].join('\n'),
  options: {
    repo: {
      value: 'OWNER/REPO',
      help: 'also look at the rules of its default branch; default: GITHUB_REPOSITORY',
    },
    offline: { help: 'leave GitHub out' },
    json: { help: 'print the diagnoses as JSON' },
  },
  examples: [
    ['doctor', 'this machine and this folder'],
    ['doctor --repo acme/shop', 'and the required checks of a repository (GITHUB_TOKEN, APP_ID)'],
  ],
  async run(input, world) {
    const named = input.text('repo') ?? world.env.GITHUB_REPOSITORY;
    const repository = named ? repositoryOf(named, world) : null;
    const checks = input.flag('offline') ? machineChecks : [...machineChecks, ...githubChecks];
    const found: { check: string; diagnosis: Diagnosis }[] = [];
    for (const check of checks) {
      for (const diagnosis of await look(check, { world, repository })) {
        found.push({ check: check.name, diagnosis });
        if (!input.flag('json')) world.print(harmless(render(check.name, diagnosis)));
      }
    }
    if (input.flag('json'))
      world.print(
        JSON.stringify(
          found.map(({ check, diagnosis }) => ({ check, ...diagnosis })),
          null,
          2,
        ),
      );
    return found.some(({ diagnosis }) => diagnosis.state === 'problem') ? 1 : 0;
  },
};

async function look(check: DoctorCheck, patient: Patient): Promise<readonly Diagnosis[]> {
  try {
    return await check.look(patient);
  } catch (error) {
    if (!(error instanceof ConductorError)) throw error;
    return [{ state: 'problem', detail: error.message, help: error.help }];
  }
}

function render(check: string, diagnosis: Diagnosis): string {
  const line = `${marks[diagnosis.state]} ${check}: ${diagnosis.detail}`;
  return diagnosis.state === 'problem' ? `${line}\n  → ${diagnosis.help}` : line;
}
