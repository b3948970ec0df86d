import type { Hub } from './github/hub.ts';
import type { Deployment } from './github/repository.ts';
import type { Platform } from './platform.ts';
import type { Scheduler } from './scheduler.ts';

/** What the pipeline does with the next deployment. */
export type PipelineMood = 'works' | 'fails' | 'hangs' | 'is slow';

/**
 * The repository's pipeline, as the starter workflow is written: deployments of one environment run one at a
 * time, and one that a later decision replaced, or that came a second time, is refused.
 */
export class Pipeline {
  readonly #scheduler: Scheduler;
  readonly #hub: Hub;
  readonly #platform: Platform;
  moods: PipelineMood[] = [];
  /** Told when production changed. */
  applied: (deployment: Deployment) => void = () => undefined;
  /** While GitHub is down, nothing starts and nothing can be reported: the time at which it is up again. */
  isUpAt: () => number = () => 0;

  constructor(scheduler: Scheduler, hub: Hub, platform: Platform) {
    this.#scheduler = scheduler;
    this.#hub = hub;
    this.#platform = platform;
  }

  take(deployment: Deployment): void {
    const mood = this.moods.shift() ?? 'works';
    if (mood === 'hangs') return;
    const delay = mood === 'is slow' ? 120_000 : this.#scheduler.between(500, 4_000);
    this.#later(delay, () => this.#start(deployment, mood));
  }

  #start(deployment: Deployment, mood: PipelineMood): void {
    if (this.#isReplaced(deployment)) return;
    this.#hub.reportStatus(deployment, 'in_progress');
    this.#later(this.#scheduler.between(1_000, 8_000), () => this.#end(deployment, mood));
  }

  #end(deployment: Deployment, mood: PipelineMood): void {
    if (this.#isReplaced(deployment)) return;
    if (mood === 'fails') {
      this.#hub.reportStatus(deployment, 'failure');
      return;
    }
    this.#platform.apply(deployment, this.#scheduler.now);
    this.applied(deployment);
    this.#hub.reportStatus(deployment, 'success');
  }

  #isReplaced(deployment: Deployment): boolean {
    const all = this.#hub.repository.deployments.filter(
      ({ environment }) => environment === deployment.environment,
    );
    const standing = all.filter((one) => !all.some((other) => replaces(other, one)));
    if (standing.at(-1)?.id === deployment.id) return false;
    this.#hub.reportStatus(deployment, 'inactive');
    return true;
  }

  #later(delay: number, run: () => void): void {
    const at = Math.max(this.#scheduler.now + delay, this.isUpAt());
    this.#scheduler.at(at, 'pipeline', () => {
      if (this.isUpAt() > this.#scheduler.now) this.#later(0, run);
      else run();
    });
  }
}

/** Of one release that order counts which was decided last, and of one order the first that arrived. */
function replaces(other: Deployment, one: Deployment): boolean {
  if (other.payload.release !== one.payload.release) return false;
  const [a, b] = [orderOf(other), orderOf(one)];
  return a > b || (a === b && other.id < one.id);
}

/** `release/…#deploy/4` is the fourth order of its release. */
export function orderOf({ payload }: Deployment): number {
  return Number(/#deploy\/(\d+)$/.exec(String(payload.idempotency_key))?.[1] ?? 0);
}
