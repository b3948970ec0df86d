import type { AuditEntry } from '../../core/audit/entry.ts';
import { hasLeftTheWay, hasTraffic, isGoingBack, type Phase } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';

/**
 * The release machine as an outsider would write it down: small, sequential, and made from the audit log alone. What it
 * knows of a release is what the log has to tell, each change once.
 */
export interface Reference {
  readonly phase: Phase;
  /** Last step that was reached, and percent of production's traffic, as last confirmed. */
  readonly step: number;
  readonly weight: number;
  /** Why nothing may be promoted: code, reason, by whom, since when. */
  readonly hold: string | null;
  /** The newest order to the pipeline, by its number, and how it ended. */
  readonly deployment: ReferenceDeployment | null;
  /** Version to which this release goes back. */
  readonly target: string | null;
  /** What blocks other releases: `none`, `open` and since when, `resolved`. */
  readonly failure: string;
  readonly published: boolean;
  /** Newest run and verdict of each gate. */
  readonly gates: Readonly<Record<string, string>>;
}

export interface ReferenceDeployment {
  readonly n: number;
  readonly task: 'promote' | 'rollback';
  readonly step: number;
  readonly weight: number;
  readonly version: string;
  readonly end: 'success' | 'failure' | null;
}

export const unknownReference: Reference = {
  phase: 'new',
  step: -1,
  weight: 0,
  hold: null,
  deployment: null,
  target: null,
  failure: 'none',
  published: false,
  gates: {},
};

/** What the log says that follows an entry. The same object: the entry tells of something else. */
export function follow(
  release: Reference,
  { action, actor, at, reason, reasonCode, data }: AuditEntry,
): Reference {
  const { phase } = release;
  switch (action) {
    case 'release.tagged':
    case 'release.dequeued':
      return { ...release, phase: 'planning' };
    case 'release.queued':
      return { ...release, phase: 'queued' };
    case 'release.rejected':
      return { ...release, phase: 'rejected' };
    case 'release.planned':
      return { ...release, phase: 'gating', target: previousIn(reason) };
    case 'release.preflight':
      return reasonCode === null
        ? ordered(release, 'staging', { step: 0, weight: 100, version: data.release })
        : release;
    case 'stage.verified':
      return { ...release, phase: 'stage_verified' };
    case 'release.promoted':
      return ordered(release, 'shifting', { step: data.step, weight: data.weight, version: data.release });
    case 'deployment.success':
      return succeeded(release);
    case 'deployment.failure':
      return ended(release, 'failure');
    case 'release.rollback':
      return wentBack(release, data.to, reasonCode, Date.parse(at));
    case 'release.rolled_back':
      return { ...release, phase: 'rolled_back', weight: 0 };
    case 'release.soaked':
      return { ...release, phase: 'finishing' };
    case 'release.published':
      // Publishing was under way when the rollback was ordered: it is public, and goes back all the same.
      return { ...release, published: true, phase: reasonCode === 'ROLLED_BACK' ? phase : 'observing' };
    case 'release.observed':
      return { ...release, phase: 'closed' };
    case 'release.held':
      return {
        ...release,
        phase: phaseWhenHeld(phase, reasonCode),
        hold: [reasonCode, reason, actor, Date.parse(at)].join(' '),
      };
    case 'release.resumed':
      return resumed(release, reasonCode, data.release);
    case 'release.superseded':
      return hasTraffic(phase) ? release : { ...release, phase: 'superseded' };
    case 'release.failed':
      return { ...release, failure: `open ${Date.parse(at)}` };
    case 'release.resolved':
      return { ...release, failure: 'resolved' };
    case 'gate.verdict':
      return {
        ...release,
        gates: { ...release.gates, [String(data.gate)]: `${data.run_id} ${data.verdict}` },
      };
    default:
      return release;
  }
}

/** The same facts as the product keeps them. */
export function asReference(state: ReleaseState): Reference {
  const { phase, step, weight, hold, deployment, plan, failure, publishedUrl, gates } = state;
  return {
    phase,
    step,
    weight,
    hold: hold === null ? null : [hold.code, hold.reason, hold.by, hold.since].join(' '),
    deployment: deployment === null ? null : deploymentOf(deployment),
    target: phase === 'planning' || phase === 'queued' ? null : (plan?.previous?.tag ?? null),
    failure: failure === null ? 'none' : failure.resolvedBy === null ? `open ${failure.at}` : 'resolved',
    published: publishedUrl !== null,
    gates: Object.fromEntries(
      Object.entries(gates).map(([gate, record]) => [gate, `${record.runId} ${record.verdict}`]),
    ),
  };
}

function deploymentOf({
  n,
  task,
  step,
  weight,
  version,
  status,
}: NonNullable<ReleaseState['deployment']>): ReferenceDeployment {
  return {
    n,
    task,
    step,
    weight,
    version,
    end: status === 'success' || status === 'failure' ? status : null,
  };
}

type Asked = { readonly step: unknown; readonly weight: unknown; readonly version: unknown };

function ordered(release: Reference, phase: Phase, { step, weight, version }: Asked): Reference {
  const n = (release.deployment?.n ?? 0) + 1;
  const asked = {
    n,
    task: 'promote',
    step: Number(step),
    weight: Number(weight),
    version: String(version),
  } as const;
  return { ...release, phase, deployment: { ...asked, end: null } };
}

function ended(release: Reference, end: 'success' | 'failure'): Reference {
  const { deployment } = release;
  return deployment === null ? release : { ...release, deployment: { ...deployment, end } };
}

function succeeded(release: Reference): Reference {
  const after = ended(release, 'success');
  const { deployment, phase } = after;
  if (deployment === null || deployment.task === 'rollback') return after;
  if (phase === 'staging') return { ...after, phase: 'verifying', step: 0 };
  if (phase !== 'shifting') return after;
  return { ...after, phase: 'soaking', step: deployment.step, weight: deployment.weight };
}

function wentBack(release: Reference, to: unknown, code: string | null, at: number): Reference {
  const { deployment, step } = release;
  const back = { task: 'rollback', weight: 100, version: String(to), end: null } as const;
  return {
    ...release,
    phase: 'rolling_back',
    deployment: { n: (deployment?.n ?? 0) + 1, step: Math.max(step, deployment?.step ?? 0), ...back },
    failure: code === 'SUPERSEDED' ? release.failure : `open ${at}`,
  };
}

/** Most holds leave a release where it stands. */
function phaseWhenHeld(phase: Phase, code: string | null): Phase {
  if (code === 'ROLLBACK_FAILED') return 'rollback_failed';
  const isOnTheWay = !hasTraffic(phase) && !isGoingBack(phase) && !hasLeftTheWay(phase);
  return code === 'TAG_MOVED' && isOnTheWay ? 'halted' : phase;
}

function resumed(release: Reference, code: string | null, version: unknown): Reference {
  const free = { ...release, hold: null };
  const isStage = code === 'STAGE_DEPLOYMENT_FAILED' || code === 'STAGE_BREACH';
  const isThere = release.phase === 'staging' || release.phase === 'verifying';
  return isStage && isThere ? ordered(free, 'staging', { step: 0, weight: 100, version }) : free;
}

function previousIn(reason: string): string | null {
  const tag = /previous version (\S+)$/.exec(reason)?.[1] ?? 'none';
  return tag === 'none' ? null : tag;
}
