import type { Json } from './json.ts';
import type {
  Artifact,
  BranchProtection,
  CheckRun,
  CheckSuite,
  CommitStatus,
  Deployment,
  Environment,
  MergeGroup,
  OrganisationRuleset,
  PullState,
  Release,
  Role,
  Ruleset,
  Team,
  WaitingJob,
  WorkflowRun,
} from './records.ts';
import { notFound } from './refusal.ts';

/** What the extension knows about one repository. */
export class RepositoryState {
  /** `owner/name` of today. */
  fullName: string;
  readonly owner: string;
  name: string;
  readonly id: number;
  /** Full name of the repository that this is a fork of. */
  readonly forkOf: string | null;
  defaultBranch: string;
  immutableReleases = false;
  readonly pulls = new Map<number, PullState>();
  readonly suites = new Map<number, CheckSuite>();
  readonly checks = new Map<number, CheckRun>();
  readonly statuses: CommitStatus[] = [];
  readonly deployments = new Map<number, Deployment>();
  readonly environments = new Map<string, Environment>();
  /** Jobs at the door of an environment, by their deployment. */
  readonly waiting = new Map<number, WaitingJob>();
  readonly rulesets = new Map<number, Ruleset>();
  /** By branch. */
  readonly protections = new Map<string, BranchProtection>();
  readonly releases = new Map<number, Release>();
  readonly reactions = new Map<string, Json[]>();
  readonly runs = new Map<number, WorkflowRun>();
  readonly artifacts = new Map<number, Artifact>();
  readonly mergeGroups = new Map<string, MergeGroup>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: { fullName: string; id: number; defaultBranch: string; forkOf?: string }) {
    const [owner = '', name = ''] = options.fullName.split('/');
    this.fullName = options.fullName;
    this.owner = owner;
    this.name = name;
    this.id = options.id;
    this.defaultBranch = options.defaultBranch;
    this.forkOf = options.forkOf ?? null;
  }

  /** Runs one change of refs after the other: what was checked is still so when it is done. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(change);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Path of the repository in the API. */
  get path(): string {
    return `/repos/${this.fullName}`;
  }
}

/** Everything that the extension keeps, in memory. */
export class World {
  readonly organisation: string;
  readonly roles = new Map<string, Role>();
  readonly teams = new Map<string, Team>();
  /** An administrator has suspended the App: its tokens open nothing, and it is told nothing. */
  isSuspended = false;
  readonly rulesets = new Map<number, OrganisationRuleset>();
  readonly #repositories = new Map<string, RepositoryState>();
  readonly #former = new Map<string, number>();
  #lastId = 1000;

  constructor(organisation: string) {
    this.organisation = organisation;
  }

  /** An id that no other object of the extension has. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  addRepository(repository: RepositoryState): void {
    this.#former.delete(repository.fullName.toLowerCase());
    this.#repositories.set(repository.fullName.toLowerCase(), repository);
  }

  /** The old name leads to the repository until another one takes it. */
  rename(repository: RepositoryState, name: string): void {
    const before = repository.fullName.toLowerCase();
    this.#repositories.delete(before);
    repository.name = name;
    repository.fullName = `${repository.owner}/${name}`;
    this.addRepository(repository);
    this.#former.set(before, repository.id);
  }

  /** The number of the repository that had this name; null: nobody had, or somebody has. */
  formerId(fullName: string): number | null {
    return this.#former.get(fullName.toLowerCase()) ?? null;
  }

  /** Throws 404 for a name that does not exist. */
  repository(fullName: string): RepositoryState {
    const repository = this.#repositories.get(fullName.toLowerCase());
    if (repository === undefined) throw notFound();
    return repository;
  }

  repositoryOf(params: Readonly<Record<string, string>>): RepositoryState {
    return this.repository(`${params.owner}/${params.repo}`);
  }

  repositories(): readonly RepositoryState[] {
    return [...this.#repositories.values()];
  }

  teamIdsOf(login: string): readonly number[] {
    return [...this.teams.values()]
      .filter((team) => team.members.get(login)?.state === 'active')
      .map((team) => team.id);
  }

  /** A person's role in the repository that a path names; owners of a fork are its admins. */
  roleOf(login: string, params: Readonly<Record<string, string>>): Role | null {
    if (params.owner === login) return 'admin';
    return this.roles.get(login) ?? null;
  }
}
