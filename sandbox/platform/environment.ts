import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConflictError, InputError } from '../../core/errors.ts';
import { Instance, type InstanceRequest } from './instance.ts';
import { migrate } from './migrate.ts';
import { WeightedPicker, type Weights, weightProblem } from './weights.ts';

const drainMs = 10_000;

export interface VersionCounters {
  requests: number;
  errors: number;
}

/** One environment: its versions, who gets which share of the traffic, and what was counted. */
export class Environment {
  readonly name: string;
  readonly counters: Record<string, VersionCounters> = {};
  readonly #directory: string;
  readonly #databaseUrl: string | undefined;
  readonly #instances = new Map<string, Instance>();
  readonly #stopping = new Set<Promise<void>>();
  #lastInstall: Promise<void> = Promise.resolve();
  #weights: Weights = {};
  #picker = new WeightedPicker({});
  #fence = 0;
  #started = 0;

  constructor(name: string, directory: string, databaseUrl: string | undefined) {
    this.name = name;
    this.#directory = directory;
    this.#databaseUrl = databaseUrl;
  }

  get weights(): Weights {
    return this.#weights;
  }

  /** Id of the newest deployment that set weights. */
  get fence(): number {
    return this.#fence;
  }

  get instances(): readonly Instance[] {
    return [...this.#instances.values()];
  }

  /** The process that answers the next request; null when nothing is routed. */
  next(): Instance | null {
    const version = this.#picker.pick();
    return version === null ? null : (this.#instances.get(version) ?? null);
  }

  count(version: string, isError: boolean): void {
    const counters = this.counters[version] ?? { requests: 0, errors: 0 };
    this.counters[version] = counters;
    counters.requests += 1;
    if (isError) counters.errors += 1;
  }

  /**
   * Starts a version from a copy of `directory`, its migrations first, and answers when it is healthy; one install
   * at a time. The same commit that already runs is left alone; another commit under the same name, or a crashed
   * process, is replaced and then drained.
   */
  install(version: string, sha: string, directory: string): Promise<void> {
    const installed = this.#lastInstall.then(() => this.#installNow(version, sha, directory));
    this.#lastInstall = installed.catch(() => {});
    return installed;
  }

  async #installNow(version: string, sha: string, directory: string): Promise<void> {
    const running = this.#instances.get(version);
    if (running?.alive && running.sha === sha) return;
    this.#started += 1;
    const id = `${this.name}-${this.#started}`;
    const release = join(this.#directory, id);
    await mkdir(this.#directory, { recursive: true });
    await cp(directory, release, { recursive: true });
    const instance = await this.#start({ id, version, sha, directory: release }).catch(
      async (error: unknown) => {
        await rm(release, { recursive: true, force: true });
        throw error;
      },
    );
    this.#instances.set(version, instance);
    this.counters[version] ??= { requests: 0, errors: 0 };
    if (running !== undefined) this.#retire(running);
  }

  async #start(release: Pick<InstanceRequest, 'id' | 'version' | 'sha' | 'directory'>): Promise<Instance> {
    const databaseUrl = this.#databaseUrl;
    if (databaseUrl !== undefined) await migrate(databaseUrl, this.name, release.directory);
    return Instance.start({ ...release, environment: this.name, databaseUrl });
  }

  /**
   * Routes by new weights from the next request on. `fence` is the id of the deployment that asks: one older than
   * the newest that was obeyed is refused, so that a slow promotion never undoes a rollback.
   */
  setWeights(weights: Weights, fence: number | null): void {
    if (fence !== null && fence < this.#fence) {
      throw new ConflictError(
        'DEPLOYMENT_SUPERSEDED',
        `deployment ${fence} is older than deployment ${this.#fence}, which set the weights of ${this.name}`,
        'start a new deployment',
      );
    }
    const problem = weightProblem(weights, [...this.#instances.keys()]);
    if (problem !== null)
      throw new InputError('WEIGHTS_INVALID', problem, 'send whole percents that sum to 100');
    this.#fence = fence ?? this.#fence;
    this.#weights = Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0));
    this.#picker = new WeightedPicker(this.#weights);
  }

  /** Removes a version that gets no traffic, after its last answer. */
  async remove(version: string): Promise<void> {
    const instance = this.#instances.get(version);
    if (instance === undefined) return;
    const weight = this.#weights[version] ?? 0;
    if (weight > 0) {
      throw new ConflictError(
        'VERSION_IN_USE',
        `${version} gets ${weight} % of the traffic`,
        'route it elsewhere first',
      );
    }
    this.#instances.delete(version);
    this.#retire(instance);
    await Promise.all(this.#stopping);
  }

  async close(): Promise<void> {
    for (const instance of this.#instances.values()) this.#retire(instance, 0);
    this.#instances.clear();
    await Promise.all(this.#stopping);
  }

  #retire(instance: Instance, drain = drainMs): void {
    const stopped: Promise<void> = instance.stop(drain).finally(() => this.#stopping.delete(stopped));
    this.#stopping.add(stopped);
  }
}
