import { latestGateResults, listAggregates } from '../../adapters/postgres/index.ts';
import type { Effect } from '../../core/flow/effect.ts';
import type { GateResult } from '../../core/gate/result.ts';
import type { PreflightFacts } from '../../core/release/preflight-facts.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import type { EffectContext, Performer } from './performer.ts';
import { readDrills } from './read-drills.ts';
import { readArtifactFacts } from './release-artifacts.ts';
import { readBurn } from './slo-burn.ts';
import { unlessItFails } from './unless-it-fails.ts';

type Question = Extract<Effect, { kind: 'readPreflight' }>;

/** A deployment of somebody else that has said nothing for longer was given up, ms. */
const foreignLife = 21_600_000;

/** What is verified before anything is deployed, read at this moment. What could not be read is null. */
export const readPreflight: Performer<'readPreflight'> = async (question, context) => {
  const [qaCheck, artifacts, burning, conflicts, restorable, irreversible, rehearsed] = await Promise.all([
    readQaCheck(question, context),
    readArtifactFacts(question, context),
    readBurn(question.sha, context),
    unlessItFails(() => readConflicts(question.environment, context)),
    readRestorable(question, context),
    readIrreversible(question.sha, context),
    readRehearsal(question, context),
  ]);
  const facts: PreflightFacts = {
    at: context.now(),
    ...(qaCheck && { qaCheck }),
    artifacts: [...artifacts],
    ...(burning !== undefined && { burning }),
    conflicts,
    ...(restorable !== undefined && { restorable }),
    irreversible,
    rehearsed,
  };
  return { event: { type: 'preflight.read', n: question.n, facts } };
};

async function readQaCheck(
  { sha, qaCheck }: Question,
  { forge }: EffectContext,
): Promise<PreflightFacts['qaCheck']> {
  if (qaCheck === null) return undefined;
  return { name: qaCheck.name, conclusion: await unlessItFails(() => forge.readCheck(sha, qaCheck)) };
}

/** Deployments to the environment that others have under way. */
export async function readConflicts(
  environment: string,
  { forge, now }: EffectContext,
): Promise<NonNullable<PreflightFacts['conflicts']>> {
  const foreign = await forge.deployer.foreign(environment);
  return foreign.filter(({ createdAt }) => now() - createdAt < foreignLife);
}

async function readRestorable(
  { previous }: Question,
  { forge }: EffectContext,
): Promise<boolean | null | undefined> {
  if (previous === null) return undefined;
  return unlessItFails(() => forge.readCommit(previous).then(({ sha }) => sha === previous));
}

async function readIrreversible(
  sha: string,
  { database, aggregate }: EffectContext,
): Promise<PreflightFacts['irreversible']> {
  const reports = await latestGateResults(database, aggregate.repository, sha);
  const result = reports.find(({ gate }) => gate === 'migrations')?.result;
  return result === undefined ? null : irreversibleOf(result);
}

/** The migrations gate lowers a migration that cannot be undone to a notice once its forward fix is acknowledged. */
function irreversibleOf({ findings }: GateResult): NonNullable<PreflightFacts['irreversible']> {
  const found = findings.filter(({ code }) => code === 'irreversible');
  const open = found.filter(({ level }) => level !== 'notice').length;
  return { open, acknowledged: found.length - open };
}

/** The newest passed drill, or the newest release of the same way that went back as it should. */
async function readRehearsal(
  { drills: glob, way, release }: Question,
  context: EffectContext,
): Promise<PreflightFacts['rehearsed']> {
  const { database, aggregate } = context;
  const drills = await readDrills(glob, context);
  const stored = await listAggregates(database, { kind: 'release', repository: aggregate.repository });
  const rollbacks = stored
    .map(({ state }) => state as ReleaseState)
    .filter((one) => one.way === way && one.tag !== release && one.phase === 'rolled_back')
    .map((one) => ({ what: `rollback of ${one.tag}`, at: one.phaseSince }));
  const drill = drills?.newest == null ? [] : [{ what: 'recovery drill passed', at: drills.newest }];
  return [...rollbacks, ...drill].toSorted((a, b) => b.at - a.at)[0] ?? null;
}
