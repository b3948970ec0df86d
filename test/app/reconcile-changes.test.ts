import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Queue, startQueue } from '../../adapters/pg-boss/index.ts';
import {
  connect,
  type Database,
  migrate,
  readAggregate,
  seeRepository,
} from '../../adapters/postgres/index.ts';
import { coreDecider } from '../../app/decider.ts';
import { effectQueue } from '../../app/flow/apply.ts';
import type { ReconcilePorts } from '../../app/jobs/reconcile.ts';
import { reconcileChanges } from '../../app/jobs/reconcile-changes.ts';
import type { ChangeState } from '../../core/change/state.ts';
import type { Forge, PullRequestFacts } from '../../core/ports/forge.ts';
import { silentLog } from '../../core/ports/system.ts';
import { createTestDatabase } from '../support/postgres.ts';

const repository = 'acme/shop';
const base = 'b'.repeat(40);
const facts: PullRequestFacts = {
  ...{ title: 'Add a', body: '', labels: [], headRef: 'feature', baseRef: 'main', baseSha: base },
  ...{ author: 'bob', fork: false, draft: false, merged: false, state: 'open' },
  ...{ headSha: 'a'.repeat(40), updatedAt: 1_000 },
};

/** GitHub with pull requests, and what it was asked. */
class Github {
  readonly pulls = new Map<number, PullRequestFacts>();
  readonly asked: string[] = [];
  config: string | null = 'version: 1\n';
  /** Happens right after the list was made. */
  listed: () => Promise<void> = async () => undefined;

  readonly forge = {
    repository,
    appSlug: 'conductor',
    listOpenPullRequests: async () => {
      this.asked.push('list');
      const open = [...this.pulls].flatMap(([number, pull]) =>
        pull.state === 'open' ? [{ ...pull, number }] : [],
      );
      await this.listed();
      return open;
    },
    readPullRequest: async (number: number) => {
      this.asked.push(`#${number}`);
      return this.pulls.get(number);
    },
    resolveRef: async () => ({ commit: base, object: base }),
    filesAt: () => ({
      read: async () => (this.config === null ? null : Buffer.from(this.config)),
      list: async () => [],
    }),
  } as unknown as Forge;
}

let database: Database;
let queue: Queue;
let github: Github;
let ports: ReconcilePorts;
let now = 0;

beforeEach(async () => {
  const { url } = await createTestDatabase();
  database = await connect({ url, log: silentLog });
  await migrate(database);
  queue = await startQueue({ url, queues: [effectQueue], log: silentLog });
  onTestFinished(async () => {
    await queue.close();
    await database.close();
  });
  github = new Github();
  now = Date.parse('2026-11-21T08:00:00Z');
  ports = {
    ...{ database, queue, decider: coreDecider, log: silentLog, decided: () => undefined, now: () => now },
    forgeFor: async () => github.forge,
  };
  await seeRepository(database, repository, 1, now);
});

async function known(number: number): Promise<Pick<ChangeState, 'sha' | 'open'> | null> {
  const stored = await readAggregate(database, { kind: 'change', repository, key: `pr/${number}` });
  if (stored === null) return null;
  const { sha, open } = stored.state as ChangeState;
  return { sha, open };
}

/** What one more look asks of GitHub, all repositories being due. */
async function look(): Promise<readonly string[]> {
  now += 1_000;
  const before = github.asked.length;
  await reconcileChanges(ports, 0);
  return github.asked.slice(before);
}

describe('looking for what webhooks did not tell', () => {
  it('finds pull requests that were opened, pushed to and closed', async () => {
    github.pulls.set(1, facts);
    await look();
    expect(await known(1)).toEqual({ sha: facts.headSha, open: true });
    github.pulls.set(1, { ...facts, headSha: 'c'.repeat(40), updatedAt: 2_000 });
    await look();
    expect(await known(1)).toEqual({ sha: 'c'.repeat(40), open: true });
    github.pulls.set(1, { ...facts, state: 'closed', updatedAt: 3_000 });
    await look();
    expect(await known(1)).toMatchObject({ open: false });
  });

  it('costs one call while everything is as it is known', async () => {
    for (const number of [1, 2, 3]) github.pulls.set(number, facts);
    expect(await look()).toEqual(['list', '#1', '#2', '#3']);
    expect(await look()).toEqual(['list']);
    github.pulls.set(2, { ...facts, updatedAt: 2_000 });
    expect(await look()).toEqual(['list', '#2']);
  });

  it('asks for no pull request where there is no config', async () => {
    github.config = null;
    for (const number of [1, 2, 3]) github.pulls.set(number, facts);
    expect(await look()).toEqual(['list']);
  });

  it('leaves a pull request open that became known after the list was made', async () => {
    github.pulls.set(1, facts);
    github.listed = async () => {
      github.listed = async () => undefined;
      github.pulls.set(2, { ...facts, headSha: 'd'.repeat(40) });
      await look();
    };
    await look();
    await look();
    expect(await known(1)).toMatchObject({ open: true });
    expect(await known(2)).toMatchObject({ open: true });
  });

  it('takes every repository at its turn, within ten minutes', async () => {
    github.pulls.set(1, facts);
    await look();
    const begun = now;
    for (let minute = 1; minute <= 10; minute += 1) {
      const since = now;
      now = begun + minute * 60_000;
      await reconcileChanges(ports, since);
    }
    expect(github.asked.filter((asked) => asked === 'list')).toHaveLength(2);
  });
});
