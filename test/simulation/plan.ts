import type { GateName } from '../../core/gate/names.ts';
import type { Verdict } from '../../core/gate/result.ts';
import type { Phase } from '../../core/release/phase.ts';
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
      readonly what: 'opened' | 'synchronize' | 'closed' | 'reopened';
    }
  /** Somebody presses "Re-run" on our check, and may not wait for us to run its workflow again. */
  | {
      readonly act: 're-run';
      readonly number: number;
      readonly gate: GateName;
      readonly byHand: boolean;
    };

/** A whole history before it happens. Leaving faults or acts out gives another valid history: that is how one is shrunk. */
export interface Plan {
  readonly seed: number;
  readonly replicas: number;
  readonly advance: 'auto' | 'manual';
  /** Whether a tag that comes meanwhile waits, or takes the place of the release under way. */
  readonly onNewTag: 'queue' | 'supersede';
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
