import type { Hub } from './github/hub.ts';
import { installationId } from './github/repository.ts';
import { refusal } from './github/routes/index.ts';
import { type CallFault, callFaults, type Fault, fits } from './plan.ts';
import type { PostgresServer } from './postgres/server.ts';
import {
  type Call,
  type Interceptor,
  type Outcome,
  Parked,
  type Process,
  perform,
  type Scheduler,
} from './scheduler.ts';

type OnCall = Extract<Fault, { kind: CallFault }>;

const timeout = 30_000;
/** What a process does under one lock takes no longer, ms. */
const longestWork = 5_000;

/** Puts the planned faults in the way of calls, and keeps count of what was hit. */
export class FaultInjector implements Interceptor {
  readonly #scheduler: Scheduler;
  readonly #hub: Hub;
  readonly #postgres: PostgresServer;
  readonly #begin: number;
  readonly #pending: { readonly fault: OnCall; skip: number }[];
  /** `<label> × <fault>` that happened, and every label that was called. */
  readonly hit = new Set<string>();
  readonly labels = new Set<string>();
  readonly counts = new Map<string, number>();
  /** True while a call is carried out whose process may have lost the locks under which it began. */
  isZombieCall = false;
  kill: (process: Process) => void = () => undefined;
  /** Until when somebody may act on a list that did not show what was there, virtual time. */
  misledUntil = 0;
  /** Until when the world is disturbed by what was injected so far. */
  disturbedUntil = 0;
  downUntil = 0;
  /** GitHub's rate limits: until when, and which processes were told that from when on. */
  readonly #limitedUntil = new Map<string, number>();
  readonly #told = new Map<string, { readonly from: number; readonly until: number }>();
  /** What the store says of it, for all processes, and since when. */
  readonly #shared = new Map<string, { readonly from: number; readonly until: number }>();
  impatient: (process: Process, label: string) => void = () => undefined;

  constructor(
    parts: { scheduler: Scheduler; hub: Hub; postgres: PostgresServer; begin: number },
    faults: readonly Fault[],
  ) {
    this.#scheduler = parts.scheduler;
    this.#hub = parts.hub;
    this.#postgres = parts.postgres;
    this.#begin = parts.begin;
    this.#pending = faults.filter(isOnCall).map((fault) => ({ fault, skip: fault.skip }));
  }

  intercept(call: Call, action: () => unknown): Outcome {
    this.labels.add(call.label);
    this.isZombieCall = this.#scheduler.now < call.process.withoutLocksUntil;
    try {
      return this.#carryOut(call, action);
    } finally {
      this.isZombieCall = false;
    }
  }

  #carryOut(call: Call, action: () => unknown): Outcome {
    const kind = this.#takeFault(call);
    if (kind !== null) {
      this.hit.add(`${call.label} × ${kind}`);
      this.#scheduler.tell(`${call.process.id}: ${kind} at ${call.label}`);
      this.count(kind);
      return this.#inject(kind, call, action);
    }
    return call.label.startsWith('github') ? this.#atGithub(call, action) : perform(action);
  }

  count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  disturb(forMs: number): void {
    this.disturbedUntil = Math.max(this.disturbedUntil, this.#scheduler.now + forMs);
  }

  #takeFault({ label }: Call): CallFault | null {
    const since = this.#scheduler.now - this.#begin;
    for (const [index, planned] of this.#pending.entries()) {
      const { fault } = planned;
      if (fault.at > since) return null;
      if (!isMeant(fault.label, label) || !fits(fault.kind, label)) continue;
      if (planned.skip > 0) {
        planned.skip -= 1;
        continue;
      }
      this.#pending.splice(index, 1);
      return fault.kind;
    }
    return null;
  }

  #inject(kind: CallFault, call: Call, action: () => unknown): Outcome {
    const { process } = call;
    this.disturb(timeout);
    switch (kind) {
      case 'killed before':
        this.kill(process);
        return { kind: 'nothing' };
      case 'killed after':
        perform(action);
        this.kill(process);
        return { kind: 'nothing' };
      case 'connection lost':
        this.#loseLocks(process, this.#scheduler.now);
        return perform(action);
      case 'zombie':
        return this.#freeze(process);
      case 'commit applied, answer lost': {
        const done = perform(action);
        return done.kind === 'value' ? { kind: 'error', error: connectionLost() } : done;
      }
      case 'commit undone, answer lost':
        this.#loseLocks(process, this.#scheduler.now);
        return perform(action);
      case 'timed out before':
        return { kind: 'error', error: refusal(0, 'The operation timed out'), delay: timeout };
      case 'timed out after':
        return afterwards(perform(action), refusal(0, 'The operation timed out'), timeout);
      case 'server error before':
        return { kind: 'error', error: refusal(502, 'Server Error') };
      case 'server error after':
        return afterwards(perform(action), refusal(502, 'Server Error'), 10);
      case 'rate limit with retry-after': {
        this.#limitedUntil.set(accountOf(call), this.#scheduler.now + 60_000);
        this.disturb(90_000);
        return this.#limited(call);
      }
      case 'secondary limit without retry-after':
        this.disturb(90_000);
        return { kind: 'error', error: refusal(403, 'You have exceeded a secondary rate limit') };
      case 'stale read':
        this.#hub.lag = this.#scheduler.between(1_000, 30_000);
        this.misledUntil = this.#scheduler.now + longestWork;
        try {
          return perform(action);
        } finally {
          this.#hub.lag = 0;
        }
    }
  }

  /** Its connections are given up while it stands still; then it goes on as if nothing had been. */
  #freeze(process: Process): Outcome {
    const until = this.#scheduler.now + this.#scheduler.between(5_000, 300_000);
    this.#loseLocks(process, until);
    process.frozenUntil = until;
    this.disturb(until - this.#scheduler.now + timeout);
    return { kind: 'error', error: new Parked((wake) => this.#scheduler.at(until, 'zombie wakes', wake)) };
  }

  /** Its connections break. What is under way goes on without its locks, from `from` on for a few seconds. */
  #loseLocks(process: Process, from: number): void {
    for (const session of this.#postgres.sessionsOf(process)) this.#postgres.lose(session);
    process.withoutLocksUntil = from + longestWork;
  }

  #atGithub(call: Call, action: () => unknown): Outcome {
    if (this.#scheduler.now < this.downUntil) {
      return { kind: 'error', error: refusal(503, 'Service Unavailable') };
    }
    const limit = this.#limitedUntil.get(accountOf(call)) ?? 0;
    return this.#scheduler.now < limit ? this.#limited(call) : perform(action);
  }

  /** The store remembers for all processes what GitHub asked one of them: GitHub's own time, whatever clocks made of it. */
  remembered(account: string): void {
    const { now } = this.#scheduler;
    const until = this.#limitedUntil.get(account) ?? 0;
    if (until > (this.#shared.get(account)?.until ?? now)) {
      this.#shared.set(account, { from: now + sharedDelay, until });
    }
  }

  /** Whoever was told to wait, or could have read it, and asks again before the time is impatient. */
  #limited(call: Call): Outcome {
    const { process, label } = call;
    const { now } = this.#scheduler;
    const account = accountOf(call);
    const until = this.#limitedUntil.get(account) ?? now;
    const who = `${process.id} ${process.generation} ${account}`;
    const told = this.#told.get(who);
    const isBefore = (known: { from: number; until: number } | undefined): boolean =>
      known !== undefined && now > known.from && now < known.until - toldTolerance;
    const isImpatient = isBefore(told) || isBefore(this.#shared.get(account));
    // What was in hand when the process stood still goes out when it wakes: nobody could ask it to wait meanwhile.
    if (isImpatient && !this.isZombieCall) this.impatient(process, label);
    if (told === undefined || told.until < now) this.#told.set(who, { from: now + answerDelay, until });
    const seconds = Math.ceil((until - now) / 1_000);
    const headers = { 'retry-after': String(seconds), 'x-ratelimit-remaining': '0' };
    const error = refusal(429, 'You have exceeded a secondary rate limit', headers);
    return { kind: 'error', error, delay: answerDelay };
  }
}

const answerDelay = 50;
/** A request whose process had asked the store before may still be on its way, ms. */
const sharedDelay = 1_000;
/** A clock that jumps meanwhile is not the App's impatience. */
const toldTolerance = 2_000;

/** GitHub counts the App's own requests apart from those of its installation. */
function accountOf({ label }: Call): string {
  return /^github GET \/app/.test(label) ? 'app' : String(installationId);
}

/** A label itself, or a family of labels: `github GET*`. */
function isMeant(target: string, label: string): boolean {
  return target.endsWith('*') ? label.startsWith(target.slice(0, -1)) : label === target;
}

function isOnCall(fault: Fault): fault is OnCall {
  return (callFaults as readonly string[]).includes(fault.kind);
}

function afterwards(done: Outcome, error: unknown, delay: number): Outcome {
  return done.kind === 'value' ? { kind: 'error', error, delay } : done;
}

function connectionLost(): Error {
  return Object.assign(new Error('Connection terminated unexpectedly'), { code: '08006' });
}
