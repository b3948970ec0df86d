import { latestGateResults, listAggregates } from '../../adapters/postgres/index.ts';
import type { ReleaseConfig } from '../../core/config/schema.ts';
import { servicesOf } from '../../core/config/services.ts';
import { productionEnvironments } from '../../core/config/waves.ts';
import { type GateName, gateNames } from '../../core/gate/names.ts';
import { type EntryFacts, judgeEntry as judge } from '../../core/governance/entry.ts';
import { isGoingBack } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { readConfigInForce } from '../effective-config.ts';
import { gateFact } from './assess-command.ts';
import type { EffectContext, Performer } from './performer.ts';

/** Reads at this moment what a job before an environment must fulfil, and judges it. */
export const judgeEntry: Performer<'judgeEntry'> = async ({ runId, environment, sha }, context) => ({
  event: {
    type: 'entry.judged',
    runId,
    environment,
    answer: judge(await factsOf(environment, sha, context)),
  },
});

export const answerEntry: Performer<'answerEntry'> = async ({ kind: _, ...answer }, { forge }) => {
  await forge.answerProtectionRule(answer);
  return { settled: {} };
};

async function factsOf(environment: string, sha: string, context: EffectContext): Promise<EntryFacts> {
  const { database, aggregate } = context;
  const { repository } = aggregate;
  const configs = await releaseConfigs(context);
  const concerned = (configs ?? []).filter(
    (config) => isProduction(config, environment) || config.stage_environment === environment,
  );
  const releases = (await listAggregates(database, { kind: 'release', repository })).map(
    ({ state }) => state as ReleaseState,
  );
  return {
    environment,
    sha,
    production: concerned.length === 0 || concerned.some((config) => isProduction(config, environment)),
    gates: configs === null ? null : await gatesOf(requiredOf(concerned), sha, context),
    maxGateAgeMs: Math.min(...(configs ?? []).map((config) => config.max_gate_age)),
    releases: releases
      .filter((release) => release.sha === sha)
      .map(({ tag, phase, deployment }) => ({
        tag,
        phase,
        ordered:
          deployment?.environment === environment &&
          deployment.task === 'promote' &&
          deployment.status !== 'failure',
      })),
    rollbackOf:
      releases.find(
        ({ phase, plan, deployment }) =>
          isGoingBack(phase) && plan?.previous?.commit === sha && deployment?.environment === environment,
      )?.tag ?? null,
  };
}

function isProduction(config: ReleaseConfig, environment: string): boolean {
  return productionEnvironments(config).includes(environment);
}

/** From the default branch; null when there is none that can be read: nobody enters then. */
async function releaseConfigs({ forge }: EffectContext): Promise<readonly ReleaseConfig[] | null> {
  const found = await readConfigInForce(forge);
  if (found?.ok !== true) return null;
  const releases = servicesOf(found.config).map(({ release }) => release);
  return releases.length === 0 ? null : releases;
}

/** An environment that no release names asks for all gates. */
function requiredOf(concerned: readonly ReleaseConfig[]): readonly GateName[] {
  if (concerned.length === 0) return gateNames;
  return gateNames.filter((gate) => concerned.some(({ required_gates }) => required_gates.includes(gate)));
}

async function gatesOf(required: readonly GateName[], sha: string, context: EffectContext) {
  const reports = await latestGateResults(context.database, context.aggregate.repository, sha);
  const now = context.now();
  return required.map((gate) => {
    const { verdict, age_ms: ageMs } = gateFact(gate, required, reports, now);
    return { gate, verdict, ageMs };
  });
}
