import { typedPolicyEngine } from '../../../adapters/policy/index.ts';
import type { FlagsSet } from '../../../core/flags/model.ts';
import type { Effect } from '../../../core/flow/effect.ts';
import type { PreflightFacts } from '../../../core/release/preflight-facts.ts';
import { standingOf } from '../../../core/release/standing.ts';
import { allReports, planFacts, repository, shaA } from '../support/facts.ts';
import { promotionInput } from '../support/promotion-input.ts';
import type { World } from './world.ts';

/** Performs one effect as the world answers it. */
export async function perform(world: World, id: string, effect: Effect): Promise<void> {
  if (world.options.refuse?.(id) === true) {
    world.settle(id, { ok: false, code: 'GITHUB_REFUSED', message: 'GitHub answered 422' });
    return;
  }
  const ok = (value: Record<string, unknown> = {}): void => world.settle(id, { ok: true, value });
  switch (effect.kind) {
    case 'loadPlan':
      return world.send({
        type: 'plan.loaded',
        facts: planFacts(world.options.plan),
        reports: world.options.earlierReports ?? [],
      });
    case 'ensureDraftRelease':
      return ok({ releaseId: 77 });
    case 'openIssue':
      world.issues.push(effect);
      return ok({ number: world.issues.length });
    case 'updateIssue':
      world.status = effect.body ?? world.status;
      return ok();
    case 'postComment':
      world.comments.push(effect.body);
      world.react(effect.body);
      return ok();
    case 'createDeployment':
      return deploy(world, id, effect);
    case 'assessCommand':
      return assess(world, effect);
    case 'measureCanary':
      return world.send({
        type: 'canary.measured',
        step: effect.step,
        tick: effect.tick,
        ...(await (world.options.measure?.(effect, world) ?? world.reading(effect))),
      });
    case 'packEvidence':
      return ok({ sha256: '1'.repeat(64), size: 10, bundleSha256: '2'.repeat(64) });
    case 'attachEvidence':
      return ok({ assets: [] });
    case 'publishRelease':
      return ok({ url: 'https://github.com/acme/shop/releases/v1.1.0' });
    case 'readFlags': {
      const settings = effect.flags.map((flag) => [flag, world.flags.get(flag)] as const);
      const missing = settings.find(([, setting]) => setting === undefined);
      if (missing === undefined) return ok({ settings: Object.fromEntries(settings) });
      const message = `there is no flag ${missing[0]}`;
      return world.settle(id, { ok: false, code: 'FLAG_UNKNOWN', message });
    }
    case 'setFlags':
      return ok({ ...setFlags(world, effect) });
    case 'measureKpis':
      return world.send({
        type: 'kpis.measured',
        readings: world.options.kpis?.(effect) ?? [],
        others: [],
      });
    case 'editReleaseNotes':
      world.notes = effect.body;
      return ok();
    case 'readSlo': {
      const burning = world.options.burning?.(world.weight);
      return world.send({ type: 'slo.read', n: effect.n, ...(burning !== undefined && { burning }) });
    }
    case 'readPreflight':
      return world.send({ type: 'preflight.read', n: effect.n, facts: preflight(world) });
    case 'startTimer':
      return world.send({ type: 'timer.fired', timer: effect.timer });
    case 'openStepUp':
      return ok({ url: `https://conductor.example/step-up/${effect.demand}` });
    case 'upsertComment':
      world.comments.push(effect.body);
      return ok();
    case 'supersedeRelease':
    case 'notify':
    case 'publishCheck':
    case 'addReaction':
      return ok();
  }
}

/** One flag after the other, until one is refused. */
function setFlags(
  world: World,
  { changes, purpose, by, reason }: Extract<Effect, { kind: 'setFlags' }>,
): FlagsSet {
  const applied: string[] = [];
  for (const { flag, to } of changes) {
    const refusal = world.options.refuseFlag?.(flag, to);
    if (refusal !== undefined) return { applied, failed: [{ flag, reason: refusal }], reference: null };
    const killed = purpose === 'kill' ? `${by}: ${reason}` : null;
    const before = world.flags.get(flag) ?? { definition: null, share: null, killed: null };
    world.flags.set(flag, to.kind === 'former' ? to.setting : { ...before, share: to.percent, killed });
    applied.push(flag);
  }
  return { applied, failed: [], reference: null };
}

function preflight(world: World): PreflightFacts {
  return {
    at: world.now,
    artifacts: [],
    conflicts: [],
    restorable: true,
    irreversible: { open: 0, acknowledged: 0 },
    rehearsed: null,
    ...world.options.preflight,
  };
}

function deploy(world: World, id: string, effect: Extract<Effect, { kind: 'createDeployment' }>): void {
  world.deployments.push(effect);
  const deploymentId = 500 + world.deployments.length;
  const end = world.options.deploymentState?.(effect, world.deployments.length) ?? 'success';
  if (end === 'success' && effect.environment !== 'stage') {
    world.weight = effect.task === 'rollback' ? 0 : effect.payload.weight;
  }
  world.settle(id, { ok: true, value: { deploymentId } });
  const base = { type: 'deployment.reported', deploymentId, environment: effect.environment } as const;
  world.send({ ...base, state: 'in_progress', description: '' }, 10);
  world.send({ ...base, state: end, description: end === 'failure' ? 'health check failed' : '' }, 20);
}

async function assess(world: World, effect: Extract<Effect, { kind: 'assessCommand' }>): Promise<void> {
  const { command, options, actor, source, round, facts } = effect;
  const { role = 'maintain', tagShaNow = shaA } = world.options;
  const gates = (world.options.reports ?? allReports()).map(({ gate, result }) => ({
    gate,
    verdict: result.verdict,
    sha: result.subject.sha,
    finishedAt: Date.parse(result.finished_at),
  }));
  const known = {
    tagShaNow,
    role,
    teams: [],
    gates,
    sloBurn: world.options.sloBurn ?? null,
    headroom: null,
    standing: standingOf([world.state, ...(world.options.others ?? [])], world.state.tag, world.now),
  };
  const input = promotionInput(repository, command, actor, facts, known, world.now);
  const decision = await typedPolicyEngine().decidePromotion(input);
  const assessment = { input, inputSha256: 'f'.repeat(64), decision };
  world.send({
    type: 'command.assessed',
    command,
    ...(options && { options }),
    actor,
    source,
    round,
    assessment,
  });
}
