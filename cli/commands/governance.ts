import { z } from 'zod';
import { InputError, ProviderError } from '../../core/errors.ts';
import { type GovernanceExport, governanceExportSchema } from '../../core/governance/export.ts';
import type { CliCommand, CliWorld } from '../command.ts';
import { conductorHeaders } from '../conductor.ts';
import { repositoryOf } from '../github.ts';
import { harmless } from '../render-gate.ts';

export const governanceCommand: CliCommand = {
  usage: '<plan|export> [options]',
  description: [
    'The rules of a repository as the Conductor at CONDUCTOR_URL last found them.',
    'plan: what it would change; exit status 0: nothing, 1: something. export: everything as JSON, for auditors.',
  ].join('\n'),
  options: { repo: { value: 'OWNER/REPO', help: 'default: GITHUB_REPOSITORY' } },
  examples: [
    ['governance plan --repo acme/shop', 'how the repository differs from its config'],
    ['governance export --repo acme/shop > settings.json', 'what the evidence of a release holds, too'],
  ],
  async run(input, world) {
    const [part] = input.args;
    if (part !== 'plan' && part !== 'export') {
      const found = JSON.stringify((part ?? '').slice(0, 64));
      throw new InputError('USAGE', `expected plan or export, found ${found}`, 'governance plan');
    }
    const exported = await read(repositoryOf(input.text('repo'), world), world);
    if (part === 'export') {
      world.print(JSON.stringify(exported, null, 2));
      return 0;
    }
    world.print(harmless(planText(exported)));
    return isInOrder(exported) ? 0 : 1;
  },
};

function isInOrder({ plan }: GovernanceExport): boolean {
  const { changes, without_code_owner: unowned, weaker_than_organisation: weaker } = plan;
  return changes.length + unowned.length + weaker.length === 0;
}

const signs = { create: '+', update: '~', delete: '−' } as const;

function planText({ repository, read_at: readAt, drift, plan }: GovernanceExport): string {
  const changes = plan.changes.map(({ kind, name, action, details }) =>
    [`${signs[action]} ${kind} ${name}`, ...details.map((detail) => `    ${detail}`)].join('\n'),
  );
  return [
    `${repository}, read at ${readAt}: ${changes.length === 0 ? 'as its config says' : `plan ${plan.hash.slice(0, 12)}`}`,
    ...changes,
    ...(plan.refused === null ? [] : [`refused: ${plan.refused}`]),
    ...plan.weaker_than_organisation.map((one) => `! ${one}`),
    ...plan.without_code_owner.map((path) => `! ${path} has no code owner`),
    ...plan.also_in_force.map((one) => `  also in force: ${one}`),
    ...plan.undeclared.map((one) => `  ${one} is not declared and left alone`),
    ...(drift === null ? [] : [`drift since ${drift.since}, issue ${drift.issue ?? 'not open yet'}`]),
  ].join('\n');
}

const problemSchema = z.object({ message: z.string(), help: z.string() });

async function read(repository: string, world: CliWorld): Promise<GovernanceExport> {
  const { env, fetch } = world;
  const base = env.CONDUCTOR_URL?.replace(/\/$/, '');
  if (!base) throw new InputError('NO_CONDUCTOR', 'CONDUCTOR_URL is not set', 'set it to its address');
  const url = `${base}/v1/governance/${repository}`;
  const answer = await fetch(url, {
    headers: conductorHeaders(world),
    signal: AbortSignal.timeout(15_000),
  }).catch((cause: unknown) => {
    throw unavailable(url, cause);
  });
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok) return governanceExportSchema.parse(body);
  const problem = problemSchema.safeParse(body);
  if (problem.success) throw new InputError('NOT_GOVERNED', problem.data.message, problem.data.help);
  throw unavailable(url, new Error(`HTTP ${answer.status}`));
}

function unavailable(url: string, cause: unknown): ProviderError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new ProviderError(
    'CONDUCTOR_UNAVAILABLE',
    `${url} gave no answer (${words})`,
    'check CONDUCTOR_URL',
    {
      retryable: true,
      cause,
    },
  );
}
