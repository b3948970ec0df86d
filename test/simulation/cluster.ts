import { type Parts, type Replica, type Surroundings, startReplica } from './replica.ts';
import type { Process } from './scheduler.ts';

interface Slot {
  replica: Replica | null;
  process: Process;
}

/** The App's processes: they boot, die and come again, each in its own place. */
export class Cluster {
  readonly #slots: Slot[];
  readonly #surroundings: Omit<Surroundings, 'decorate'>;
  readonly #decorate: (parts: Parts) => Parts;
  /** Told how long the App lacks a process, ms. */
  disturbed: (ms: number) => void = () => undefined;

  constructor(
    skews: readonly number[],
    surroundings: Omit<Surroundings, 'decorate'>,
    decorate: (parts: Parts) => Parts,
  ) {
    this.#surroundings = surroundings;
    this.#decorate = decorate;
    this.#slots = skews.map((skew, index) => ({ replica: null, process: newProcess(`r${index}`, 0, skew) }));
  }

  bootAll(at: number): void {
    for (const slot of this.#slots) {
      const { process } = slot;
      this.#surroundings.scheduler.at(at, 'boot', () => this.#boot(slot, process));
    }
  }

  /** The process is gone; another one comes in its place. */
  kill(process: Process): void {
    if (!process.alive) return;
    const { scheduler, postgres } = this.#surroundings;
    process.alive = false;
    for (const session of postgres.sessionsOf(process)) postgres.lose(session);
    const slot = this.#slots.find((candidate) => candidate.process === process);
    if (slot === undefined) return;
    slot.replica = null;
    const next = newProcess(process.id, process.generation + 1, process.skew);
    slot.process = next;
    const delay = scheduler.between(500, 20_000);
    this.disturbed(delay + 5_000);
    scheduler.at(scheduler.now + delay, 'boot', () => this.#boot(slot, next));
  }

  /** A new version of the App takes the place of the old one, process by process. */
  replaceAll(): void {
    const { scheduler } = this.#surroundings;
    for (const [index, { process }] of this.#slots.entries()) {
      scheduler.at(scheduler.now + index * 15_000, 'rolling update', () => this.kill(process));
    }
  }

  /** The clock of one process jumps. */
  skew(index: number, by: number): void {
    const slot = this.#slots[index % this.#slots.length];
    if (slot !== undefined) slot.process.skew += by;
  }

  /** Where a request lands: any replica that runs and is not standing still. */
  any(): Replica | null {
    const { scheduler } = this.#surroundings;
    const up = this.#slots.flatMap(({ replica }) =>
      replica?.process.alive && replica.process.frozenUntil <= scheduler.now ? replica : [],
    );
    return up.length === 0 ? null : scheduler.pick(up);
  }

  /** Minute `n` has come: pg-boss runs each scheduled job on one replica. */
  runJobs(n: number): void {
    const replica = this.any();
    for (const { cron, handle } of replica?.cronJobs ?? []) {
      if (cron.startsWith('* ') || Number(cron.split(' ')[0]) === n % 60) handle().catch(() => undefined);
    }
  }

  #boot(slot: Slot, process: Process): void {
    if (!process.alive) return;
    startReplica(process, { ...this.#surroundings, decorate: this.#decorate }).then(
      (replica) => {
        if (process.alive) slot.replica = replica;
      },
      () => this.kill(process),
    );
  }
}

function newProcess(id: string, generation: number, skew: number): Process {
  return { id, generation, alive: true, frozenUntil: 0, withoutLocksUntil: 0, skew };
}
