import type { GateName } from '../../core/gate/names.ts';
import type { Verdict } from '../../core/gate/result.ts';
import type { Phase } from '../../core/release/phase.ts';
import { randomFrom } from '../../core/stats/random.ts';
import type { MetricsMood } from './metrics.ts';
import type { PipelineMood } from './pipeline.ts';

/** What can happen to one call of a port. */
export const callFaults = [
  'killed before',
  'killed after',
  'connection lost',
  'zombie',
  'commit applied, answer lost',
  'commit undone, answer lost',
  'timed out before',
  'timed out after',
  'server error before',
  'server error after',
  'rate limit with retry-after',
  'secondary limit without retry-after',
  'stale read',
] as const;

/** Every await of a port that a usual history has. */
export const awaits = [
  'blobs find',
  'blobs put',
  'clock wait',
  'db begin',
  'db commit',
  'db insert aggregates',
  'db insert audit',
  'db insert deliveries',
  'db insert effects',
  'db insert gate_results',
  'db insert github_pauses',
  'db insert oidc_tokens',
  'db insert repositories',
  'db lock',
  'db lock delivery',
  'db lock lane',
  'db rollback',
  'db select ',
  'db select aggregates',
  'db select audit',
  'db select audit_heads',
  'db select deliveries',
  'db select effects',
  'db select evidence_files',
  'db select gate_results',
  'db select github_pauses',
  'db select repositories',
  'db send jobs',
  'db unlock',
  'db update deliveries',
  'db update effects',
  'github DELETE /releases/assets/{asset_id}',
  'github GET ',
  'github GET /actions/runs/{run_id}',
  'github GET /app/hook/deliveries',
  'github GET /app/hook/deliveries/{delivery_id}',
  'github GET /app/installations',
  'github GET /collaborators/{username}/permission',
  'github GET /commits/{ref}/check-runs',
  'github GET /compare/{basehead}',
  'github GET /contents/{+path}',
  'github GET /deployments',
  'github GET /deployments/{deployment_id}/statuses',
  'github GET /git/commits/{commit_sha}',
  'github GET /git/ref/{ref}',
  'github GET /installation/repositories',
  'github GET /issues',
  'github GET /issues/{issue_number}',
  'github GET /issues/{issue_number}/comments',
  'github GET /pulls',
  'github GET /pulls/{pull_number}',
  'github GET /releases',
  'github GET /releases/assets/{asset_id}',
  'github GET /releases/latest',
  'github GET /releases/{release_id}',
  'github GET /releases/{release_id}/assets',
  'github PATCH /check-runs/{check_run_id}',
  'github PATCH /issues/comments/{comment_id}',
  'github PATCH /issues/{issue_number}',
  'github PATCH /releases/{release_id}',
  'github POST /check-runs',
  'github POST /deployments',
  'github POST /issues',
  'github POST /issues/comments/{comment_id}/reactions',
  'github POST /issues/{issue_number}/comments',
  'github POST /releases',
  'github POST upload',
  'metrics read',
  'queue take effects',
  'queue take inbox',
] as const;
export type CallFault = (typeof callFaults)[number];

export type WebhookFault = 'dropped' | 'duplicated' | 'late' | 'forged';

/** One thing that goes wrong. Times are ms after the beginning. */
export type Fault =
  /** The first call after `at` whose label is `label`, or begins with it before a `*`, after `skip` others. */
  | { readonly kind: CallFault; readonly at: number; readonly label: string; readonly skip: number }
  | { readonly kind: 'webhook'; readonly at: number; readonly what: WebhookFault; readonly by: number }
  | { readonly kind: 'github down'; readonly at: number; readonly for: number }
  | { readonly kind: 'metrics'; readonly at: number; readonly for: number; readonly mood: MetricsMood }
  | { readonly kind: 'counters reset'; readonly at: number; readonly version: string }
  | { readonly kind: 'clock jump'; readonly at: number; readonly replica: number; readonly by: number }
  | { readonly kind: 'clock of the database jumps'; readonly at: number; readonly by: number }
  /** The App is replaced by a new version of itself, one process after the other. */
  | { readonly kind: 'rolling update'; readonly at: number }
  | { readonly kind: 'pipeline'; readonly at: number; readonly mood: PipelineMood };

/** What people do, and when: `at` ms after the beginning, or after the release of `mainTag` first is in a phase. */
export type Act = Deed & { readonly at: number; readonly after?: Phase };

type Deed =
  | { readonly act: 'tag'; readonly tag: string }
  | { readonly act: 'move tag'; readonly tag: string }
  | {
      readonly act: 'comment';
      readonly by: string;
      readonly tag: string;
      readonly text: string;
    }
  | { readonly act: 'edit'; readonly tag: string; readonly text: string }
  | {
      readonly act: 'gate';
      readonly tag: string;
      readonly gate: GateName;
      readonly verdict: Verdict;
    }
  | {
      readonly act: 'pull';
      readonly number: number;
      readonly what: 'opened' | 'synchronize' | 'closed';
    };

/** A whole history before it happens. Leaving faults or acts out gives another valid history: that is how one is shrunk. */
export interface Plan {
  readonly seed: number;
  readonly replicas: number;
  readonly advance: 'auto' | 'manual';
  /** Error rate of the new version, and when it begins to be so, ms after the beginning. */
  readonly quality: { readonly errorRate: number; readonly from: number };
  readonly skews: readonly number[];
  readonly faults: readonly Fault[];
  readonly acts: readonly Act[];
}

export const mainTag = 'v1.1.0';
export const laterTag = 'v1.2.0';
/** Faults and acts begin before this, ms after the beginning. */
export const troubleFor = 720_000;

const sixHours = 6 * 3_600_000;

/** What a fault of chance is aimed at: where most happens, and whole families of awaits. */
const targets = [
  'db commit',
  'db begin',
  'db lock*',
  'db select*',
  'db insert*',
  'db update*',
  'db send*',
  'db unlock',
  'db rollback',
  'github GET*',
  'github POST*',
  'github PATCH*',
  'github POST /deployments',
  'github GET /deployments*',
  'github POST /issues*',
  'github POST /releases',
  'github PATCH /releases*',
  'github POST upload',
  'github GET /git/ref*',
  'github POST /check-runs',
  'queue take*',
  'metrics read',
  'blobs*',
] as const;

/** Every await with everything that can happen to it. */
const pairs = awaits.flatMap((label) =>
  callFaults.filter((kind) => fits(kind, label)).map((kind) => ({ label, kind })),
);

/** The history of a seed. Every fourth or so has no fault at all or a single one: those are the easiest to read. */
export function planOf(seed: number): Plan {
  const random = randomFrom(seed * 2_654_435_761);
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const pick = <T>(items: readonly T[]): T => items[between(0, items.length - 1)] as T;
  const count = seed % 16 === 0 ? 0 : pick([0, 1, 3, 5, 8, 13]);
  const faults = [
    ...(seed % 16 === 0 ? [] : [nextPair(seed, between)]),
    ...Array.from({ length: count }, () => faultOf(between, pick)),
  ];
  return {
    seed,
    replicas: between(2, 3),
    advance: pick(['auto', 'auto', 'manual']),
    quality: pick([
      { errorRate: 0.002, from: 0 },
      { errorRate: 0.002, from: 0 },
      { errorRate: 0.3, from: 0 },
      { errorRate: 0.25, from: between(120_000, 420_000) },
    ]),
    skews: Array.from({ length: 3 }, () => between(-1_500, 1_500)),
    faults: faults.toSorted((a, b) => a.at - b.at),
    acts: actsOf(between, pick).toSorted((a, b) => a.at - b.at),
  };
}

/** One await after the other, each with one fault after the other: so none is left to chance. */
function nextPair(seed: number, between: Between): Fault {
  const pair = pairs[seed % pairs.length] as (typeof pairs)[number];
  return { ...pair, at: between(0, 3) === 0 ? between(0, troubleFor / 4) : 0, skip: between(0, 3) };
}

type Between = (low: number, high: number) => number;
type PickOne = <T>(items: readonly T[]) => T;

function faultOf(between: Between, pick: PickOne): Fault {
  const at = between(0, troubleFor);
  const dice = between(1, 100);
  if (dice <= 62) {
    const kind = pick(callFaults);
    return { kind, at, label: pick(targets.filter((label) => fits(kind, label))), skip: between(0, 6) };
  }
  if (dice <= 80) {
    return {
      kind: 'webhook',
      at,
      what: pick(['dropped', 'duplicated', 'late', 'forged']),
      by: between(5_000, 240_000),
    };
  }
  if (dice <= 83)
    return {
      kind: 'github down',
      at,
      for: between(1, 20) === 1 ? sixHours : pick([20_000, 60_000, 180_000, 900_000]),
    };
  if (dice <= 91) {
    const mood = pick<MetricsMood>(['unreachable', 'NaN', 'late', 'doubled', 'missing']);
    return { kind: 'metrics', at, for: between(5_000, 180_000), mood };
  }
  if (dice <= 94) return { kind: 'counters reset', at, version: pick(['v1.0.0', mainTag]) };
  if (dice === 95) return { kind: 'rolling update', at };
  if (dice === 96) return { kind: 'clock of the database jumps', at, by: pick([-20_000, 20_000]) };
  if (dice <= 98) {
    return { kind: 'clock jump', at, replica: between(0, 2), by: pick([-600_000, -30_000, 30_000, 600_000]) };
  }
  return { kind: 'pipeline', at, mood: pick<PipelineMood>(['fails', 'hangs', 'is slow']) };
}

/** Which calls a fault can happen to. */
export function fits(kind: CallFault, label: string): boolean {
  switch (kind) {
    case 'killed before':
    case 'killed after':
      return true;
    case 'connection lost':
      return !label.startsWith('queue');
    case 'zombie':
      return label.startsWith('github') || label.startsWith('metrics') || label.startsWith('blobs');
    case 'commit applied, answer lost':
    case 'commit undone, answer lost':
      return label.startsWith('db commit');
    case 'timed out before':
    case 'timed out after':
    case 'server error before':
    case 'server error after':
    case 'rate limit with retry-after':
    case 'secondary limit without retry-after':
      return label.startsWith('github');
    case 'stale read':
      return label.startsWith('github GET');
  }
}

const worstMoments = ['staging', 'verifying', 'shifting', 'soaking', 'finishing', 'rolling_back'] as const;

function actsOf(between: Between, pick: PickOne): Act[] {
  const at = (): number => between(60_000, troubleFor);
  /** Any time, or the worst moment: just when something is under way. */
  const when = (): Pick<Act, 'at' | 'after'> =>
    between(1, 3) > 1 ? { at: at() } : { at: between(0, 3_000), after: pick(worstMoments) };
  const acts: Act[] = [{ act: 'tag', at: between(5_000, 30_000), tag: mainTag }];
  const some = (share: number, make: () => Act): void => {
    if (between(1, 100) <= share) acts.push(make());
  };
  some(25, () => ({ act: 'tag', ...when(), tag: laterTag }));
  some(12, () => ({ act: 'move tag', ...when(), tag: mainTag }));
  for (let n = between(0, 4); n > 0; n -= 1) {
    const by = pick(['alice', 'mia', 'mia', 'carol', 'robot[bot]']);
    const text = pick([
      '/promote next',
      '/promote 50',
      '/promote next',
      '/rollback it hurts',
      '/hold wait',
      '/resume',
      '/status',
      '/promot',
      '/help',
    ]);
    acts.push({ act: 'comment', ...when(), by, tag: mainTag, text });
  }
  some(15, () => ({ act: 'edit', ...when(), tag: mainTag, text: '/rollback edited' }));
  const gates: GateName[] = ['slo', 'perf', 'supply-chain', 'migrations', 'policy'];
  for (let n = between(0, 2); n > 0; n -= 1) {
    acts.push({
      act: 'gate',
      ...when(),
      tag: mainTag,
      gate: pick(gates),
      verdict: pick(['fail', 'pass', 'inconclusive']),
    });
  }
  if (between(1, 100) <= 40) {
    const opened = at();
    acts.push({ act: 'pull', at: opened, number: 5, what: 'opened' });
    some(60, () => ({ act: 'pull', at: opened + between(1_000, 60_000), number: 5, what: 'synchronize' }));
    some(60, () => ({ act: 'pull', at: opened + between(1_000, 90_000), number: 5, what: 'closed' }));
  }
  return acts;
}
