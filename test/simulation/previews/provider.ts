import type { Day } from '../../../core/preview/day.ts';
import type { PreviewReport } from '../../../core/preview/event.ts';
import type { PreviewAction } from '../../../core/preview/state.ts';

const hour = 3_600_000;

export interface ProviderOrder {
  readonly deployment: number;
  readonly key: string;
  readonly action: PreviewAction;
  /** US dollars an hour while awake. */
  readonly price: number;
}

/** Where previews stand and what they truly cost, whatever anybody believes. */
export class Provider {
  private readonly random: () => number;
  private readonly failures: number;
  private readonly outages: { readonly from: number; readonly to: number }[] = [];
  /** US dollars an hour of everything that stands; 0: it sleeps. */
  private readonly stands = new Map<string, number>();
  private readonly reports = new Map<number, PreviewReport>();
  private readonly byDay = new Map<string, number>();
  private running = 0;
  private dearest = 0;
  private counted: { at: number; day: Day } | null = null;

  constructor(random: () => number, failures: number) {
    this.random = random;
    this.failures = failures;
  }

  fails(from: number, to: number): void {
    this.outages.push({ from, to });
  }

  /** An order that builds costs from its beginning; half of those that fail leave something behind. */
  order({ key, action, price, deployment }: ProviderOrder, _now: number, _until: number): void {
    this.reports.set(deployment, { deploymentId: deployment, state: 'in_progress', url: null });
    if (action === 'create' || action === 'wake') this.set(key, price);
  }

  carryOut({ key, action, price, deployment }: ProviderOrder, now: number): PreviewReport {
    const isOut = this.outages.some(({ from, to }) => now >= from && now < to);
    const fails = isOut || this.random() < this.failures;
    if (!fails) {
      if (action === 'destroy') this.remove(key);
      else this.set(key, action === 'sleep' ? 0 : price);
    } else if (action === 'create' && this.random() < 0.5) this.remove(key);
    const report = {
      deploymentId: deployment,
      state: fails ? 'failure' : 'success',
      url: `https://${key.replace(/\W/g, '-')}.example.com/`,
    };
    this.reports.set(deployment, report);
    return report;
  }

  reportOf(deployment: number, _now: number): PreviewReport | null {
    return this.reports.get(deployment) ?? null;
  }

  standing(): readonly string[] {
    return [...this.stands.keys()];
  }

  /** Counts the money up to now; the day is that of the budget. */
  tick(now: number, day: Day): void {
    const { counted } = this;
    if (counted !== null) {
      const until = Math.min(now, counted.day.to);
      this.add(counted.day.date, until - counted.at);
      if (now > until) this.add(day.date, now - until);
    }
    this.counted = { at: now, day };
  }

  spent(): number {
    return [...this.byDay.values()].reduce((sum, money) => sum + money, 0);
  }

  againstBudget(
    budget: number,
    interval: number,
  ): { readonly overspent: number; readonly sweepCost: number } {
    const over = [...this.byDay.values()].map((money) => money - budget);
    return { overspent: Math.max(0, ...over), sweepCost: (this.dearest * interval) / hour };
  }

  private add(date: string, ms: number): void {
    this.byDay.set(date, (this.byDay.get(date) ?? 0) + (this.running * ms) / hour);
  }

  private set(key: string, price: number): void {
    this.running += price - (this.stands.get(key) ?? 0);
    this.dearest = Math.max(this.dearest, this.running);
    this.stands.set(key, price);
  }

  private remove(key: string): void {
    this.running -= this.stands.get(key) ?? 0;
    this.stands.delete(key);
  }
}
