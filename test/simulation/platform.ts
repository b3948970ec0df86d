import type { Deployment } from './github/repository.ts';

/** Requests a second that reach each environment. */
const rates: Readonly<Record<string, number>> = { production: 60, stage: 0 };
const slowShare = 0.02;

interface Counters {
  requests: number;
  errors: number;
}

/** What production carried since a moment. */
export interface Shift {
  readonly at: number;
  /** Version beside the stable one, and its percent of the traffic; null: the stable one carries all. */
  readonly canary: { readonly version: string; readonly weight: number } | null;
  readonly stable: string;
  /** Idempotency key of the deployment that asked for it. */
  readonly key: string;
}

/**
 * Where the versions run and who gets which share of the requests. Counters are integrated over virtual time:
 * a reading is exact for the moment at which it is taken.
 */
export class Platform {
  readonly shifts: Shift[];
  /** Error rate of each version, ratio. */
  readonly errorRates = new Map<string, number>();
  readonly #counters = new Map<string, Counters>();
  #integratedTo: number;

  constructor(now: number, stable: string) {
    this.#integratedTo = now;
    this.shifts = [{ at: now, canary: null, stable, key: '' }];
  }

  get now(): Shift {
    return this.shifts.at(-1) as Shift;
  }

  /** Carries a deployment out. */
  apply(deployment: Deployment, at: number): void {
    this.integrate(at);
    const { version, weight } = deployment.payload as { version: string; weight: number };
    const key = String(deployment.payload.idempotency_key);
    if (deployment.environment !== 'production') return;
    const { stable, canary } = this.now;
    if (deployment.task === 'rollback') {
      this.shifts.push({ at, canary: null, stable: version, key });
    } else {
      const base =
        canary !== null && canary.weight === 100 && canary.version !== version ? canary.version : stable;
      this.shifts.push({ at, canary: { version, weight }, stable: base, key });
    }
  }

  /** Counters of a version in production, as of `at`. */
  read(version: string, at: number): Counters {
    this.integrate(at);
    return { ...this.#of(version) };
  }

  /** Its process started again: its counters begin at zero. */
  reset(version: string, at: number): void {
    this.integrate(at);
    this.#counters.set(version, { requests: 0, errors: 0 });
  }

  /** From now on this share of the version's requests fails. */
  spoil(version: string, errorRate: number, at: number): void {
    this.integrate(at);
    this.errorRates.set(version, errorRate);
  }

  versions(): readonly string[] {
    return [...this.#counters.keys()].sort();
  }

  integrate(to: number): void {
    const seconds = (to - this.#integratedTo) / 1_000;
    if (seconds <= 0) return;
    this.#integratedTo = to;
    const { stable, canary } = this.now;
    const total = (rates.production ?? 0) * seconds;
    const share = (canary?.weight ?? 0) / 100;
    this.#serve(stable, total * (1 - share));
    if (canary !== null) this.#serve(canary.version, total * share);
  }

  #serve(version: string, requests: number): void {
    const counters = this.#of(version);
    counters.requests += requests;
    counters.errors += requests * (this.errorRates.get(version) ?? 0.002);
  }

  #of(version: string): Counters {
    const known = this.#counters.get(version) ?? { requests: 0, errors: 0 };
    this.#counters.set(version, known);
    return known;
  }
}

export { slowShare };
