import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { signBody } from '../../app/http/signature.ts';
import { asUser, commitFiles } from '../sandbox/github/support.ts';
import { deploy, load, reaches, stage } from './story.ts';
import { ask, configure, productionDeployments, repliesIn, replyTo, sayAs, settled } from './talk.ts';
import { eventually, repository, startWorld, type World } from './world.ts';

/** Nothing is decided until the answer is called: what has happened meanwhile is stored and waits. */
async function stopDeciding({ databaseUrl }: World): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  let open = true;
  const go = async (): Promise<void> => {
    if (!open) return;
    open = false;
    await client.query('commit');
    await client.end();
  };
  onTestFinished(go);
  await client.query('begin');
  await client.query('lock table effects in share row exclusive mode');
  return go;
}

/** A signed delivery of a comment, as GitHub would send it. */
async function deliverComment(
  world: World,
  comment: { readonly id: number; readonly body: string; readonly issue: number },
  { guid = randomUUID() as string, signed = true, action = 'created' } = {},
): Promise<number> {
  const body = JSON.stringify({
    action,
    issue: { number: comment.issue },
    comment: {
      id: comment.id,
      body: comment.body,
      html_url: `https://github.test/acme/shop/issues/${comment.issue}#issuecomment-${comment.id}`,
      user: { login: 'alice', type: 'User' },
    },
    repository: { full_name: 'acme/shop' },
    installation: { id: world.github.app.installationId },
    sender: { login: 'alice', type: 'User' },
  });
  const secret = world.github.app.webhookSecret;
  const answer = await fetch(`${world.conductor.url}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issue_comment',
      'x-github-delivery': guid,
      ...(signed ? { 'x-hub-signature-256': signBody(secret, Buffer.from(body)) } : {}),
    },
  });
  return answer.status;
}

const obliged = (text: string): string => `  permissions:\n    promote:\n      obligations: { ${text} }\n`;

describe('commands as a demanding release engineer tries them', () => {
  it('scenario 1: a promotion of A, and a tag forced to an older-looking B before it is processed', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    const { data: before } = await world.alice.rest.git.getRef({ ...repository, ref: 'tags/v1.1.0' });
    const a = before.object.sha;
    const go = await stopDeciding(world);
    const id = await sayAs(world, 'alice', issue, '/promote 10');
    await world.github.settled();
    const { data: parent } = await world.alice.rest.git.getCommit({ ...repository, commit_sha: a });
    const old = { name: 'a', email: 'a@b.test', date: '2020-01-01T00:00:00Z' };
    const { data: other } = await world.alice.rest.git.createCommit({
      ...repository,
      message: 'older than it is',
      tree: parent.tree.sha,
      parents: [a],
      author: old,
      committer: old,
    });
    await world.alice.rest.git.updateRef({ ...repository, ref: 'tags/v1.1.0', sha: other.sha, force: true });
    await go();
    const reply = await replyTo(world, issue, id, /HEAD_MOVED/);
    expect(reply).toContain(a.slice(0, 12));
    expect(reply).toContain(other.sha.slice(0, 12));
    await reaches(world, 'v1.1.0', 'halted');
    await settled(world);
    expect(await productionDeployments(world)).toBe(0);
  });

  it('scenarios 2 and 3: repeated, parallel, unsigned and twice delivered comments act once', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    const comment = { id: 990_001, body: '/hold because', issue };
    const guid = randomUUID();
    // An unsigned copy never claims the GUID.
    expect(await deliverComment(world, comment, { guid, signed: false })).toBe(401);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => deliverComment(world, comment, { guid })),
    );
    expect(answers).toEqual([202, 202, 202, 202, 202]);
    await replyTo(world, issue, comment.id, /Held/);
    // The same GUID again after a restart, and the same comment under another GUID.
    await world.conductor.close();
    await world.start();
    expect(await deliverComment(world, comment, { guid })).toBe(202);
    expect(await deliverComment(world, comment)).toBe(202);
    await settled(world);
    const held = await world.query<{ n: number }>(
      `select count(*)::int as n from audit where entry ->> 'action' = 'command.hold'`,
    );
    expect(held[0]?.n).toBe(1);
  });

  it('scenario 4: an edit commands nothing, and an approval that was edited or deleted is void', async () => {
    // Browsers know passkeys at localhost: the confirmation keeps the command waiting.
    const world = await startWorld({ HOST: 'localhost' });
    await configure(world, obliged('second_approver: {}, step_up: {}'));
    const issue = await stage(world, 'v1.1.0');
    const harmless = await sayAs(world, 'alice', issue, 'lgtm');
    await world.alice.rest.issues.updateComment({ ...repository, comment_id: harmless, body: '/rollback' });
    const id = await sayAs(world, 'alice', issue, '/promote 10');
    await replyTo(world, issue, id, /SECOND_APPROVER/);
    for (const void_ of ['edit', 'delete'] as const) {
      const approval = await sayAs(world, 'mia', issue, '/approve');
      await replyTo(world, issue, approval, /Approved/);
      await replyTo(world, issue, id, /approved by mia/);
      const mia = asUser(world.github, 'mia');
      if (void_ === 'edit') {
        await mia.rest.issues.updateComment({
          ...repository,
          comment_id: approval,
          body: '/approve not this',
        });
      } else await mia.rest.issues.deleteComment({ ...repository, comment_id: approval });
      await replyTo(world, issue, id, /`SECOND_APPROVER`: another person/);
      await eventually(async () => {
        const [row] = await world.query<{ n: number }>(
          `select count(*)::int as n from audit where entry ->> 'action' = 'approval.void'`,
        );
        return row?.n === (void_ === 'edit' ? 1 : 2) ? true : null;
      });
    }
    await settled(world);
    expect((await repliesIn(world, issue)).filter((body) => body.includes(`reply/${harmless}/`))).toEqual([]);
    expect(await productionDeployments(world)).toBe(0);
  });

  it('scenario 4: an approval whose edit was never delivered is found void when it would count', async () => {
    const world = await startWorld();
    await configure(world, obliged('second_approver: {}'));
    const issue = await stage(world, 'v1.1.0');
    const id = await sayAs(world, 'alice', issue, '/promote 10');
    await replyTo(world, issue, id, /SECOND_APPROVER/);
    const go = await stopDeciding(world);
    const approval = await sayAs(world, 'mia', issue, '/approve');
    await world.github.settled();
    world.github.setWebhookUrl('http://127.0.0.1:9/nobody');
    const mia = asUser(world.github, 'mia');
    await mia.rest.issues.updateComment({
      ...repository,
      comment_id: approval,
      body: 'I meant something else',
    });
    await go();
    await eventually(async () => {
      const [row] = await world.query<{ n: number }>(
        `select count(*)::int as n from audit where entry ->> 'action' = 'approval.void'`,
      );
      return row?.n === 1 ? true : null;
    });
    await settled(world);
    expect(await productionDeployments(world)).toBe(0);
  });

  it('scenario 5: what only looks like a command does nothing, and two of them are all or nothing', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    await settled(world);
    const before = (await repliesIn(world, issue)).length;
    for (const body of [
      '```\n/rollback\n```',
      '> /rollback',
      '<!-- /rollback -->',
      'a\nb\nc\nd\ne\nf\n/rollback',
      '    /rollback',
    ]) {
      await sayAs(world, 'alice', issue, body);
    }
    await settled(world);
    expect(await repliesIn(world, issue)).toHaveLength(before);
    await ask(world, issue, '/promote 5O', /BAD_ARGUMENT/);
    await ask(world, issue, '/promoted 50', /UNKNOWN_COMMAND.*did you mean `\/promote`/);
    await ask(world, issue, '/promote 100', /STEP_SKIPPED/);
    const metrics = await (await fetch(`${world.conductor.url}/metrics`)).text();
    expect(metrics).toContain(
      'conductor_reasons_total{action="command.promote.refused",code="STEP_SKIPPED"} 1',
    );
    await ask(world, issue, '/promote 10\n/hold', /TOO_MANY_COMMANDS/);
    await ask(world, issue, '/hold wait\n/promot 10', /UNKNOWN_COMMAND/);
    await settled(world);
    expect(await repliesIn(world, issue)).toHaveLength(before + 5);
    await reaches(world, 'v1.1.0', 'stage_verified');
    expect(await productionDeployments(world)).toBe(0);
  });

  it('scenario 6: readers, triagers, pending members, bots and a GitHub that fails are denied; maintain is known', async () => {
    const world = await startWorld();
    await configure(
      world,
      '  permissions:\n    promote: { roles: [maintain], teams: ["@acme/release-managers"] }\n',
    );
    const issue = await stage(world, 'v1.1.0');
    await ask(world, issue, '/promote 10', /NOT_PERMITTED.*role read/s, 'carol');
    await ask(world, issue, '/promote 10', /NOT_PERMITTED.*role triage/s, 'tess');
    await ask(world, issue, '/promote 10', /NOT_PERMITTED.*role admin/s, 'alice');
    for (const path of [/collaborators\/bob\/permission$/, /memberships\/bob$/]) {
      world.github.faults.next({ kind: 'status', status: 500, method: 'GET', path });
      await ask(world, issue, '/promote 10', /ROLE_UNKNOWN|NOT_PERMITTED/, 'bob');
    }
    expect(await productionDeployments(world)).toBe(0);
    await ask(world, issue, '/whocan promote', /role maintain, team acme\/release-managers/, 'carol');
    await ask(world, issue, '/promote 10 --dry-run', /would be done/, 'bob');
    await ask(world, issue, '/promote 10', /Going to \*\*10 %\*\*/, 'mia');
  });

  it('scenario 7: a rollback works while the release is held and locked and an approval is awaited', async () => {
    const world = await startWorld();
    await configure(world, obliged('second_approver: { from_weight: 50 }'));
    const issue = await stage(world, 'v1.1.0');
    await ask(world, issue, '/promote 10', /Going to/);
    await deploy(world, 'production', 10);
    const stop = load(world, 'v1.0.0', 'v1.1.0', 0);
    onTestFinished(stop);
    await eventually(async () => {
      const { data } = await world.alice.rest.issues.get({ ...repository, issue_number: issue });
      return data.body?.includes('waiting for `/promote 50`') ? true : null;
    });
    await ask(world, issue, '/promote 50', /SECOND_APPROVER/);
    await ask(world, issue, '/lock 1h freeze', /Locked/, 'mia');
    await ask(world, issue, '/hold wait', /Held/, 'mia');
    const { data } = await world.alice.rest.issues.get({ ...repository, issue_number: issue });
    expect(data.body).toContain('whom to ask');
    expect(data.body).toContain('🔒 locked');
    expect(data.body).toContain('`/promote` of alice waits');
    await ask(world, issue, '/rollback', /Going back to `v1\.0\.0`/);
    await deploy(world, 'production', 100, 'rollback');
    await reaches(world, 'v1.1.0', 'rolled_back');
  });
});

describe('a command', () => {
  it('gets a reaction within two seconds, then one reply', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    await settled(world);
    const times: number[] = [];
    for (const body of ['/status', '/hold wait', '/resume', '/why', '/lock 1h']) {
      const said = Date.now();
      const id = await sayAs(world, 'alice', issue, body);
      await eventually(async () => {
        const { data } = await world.alice.rest.reactions.listForIssueComment({
          ...repository,
          comment_id: id,
        });
        return data.some(({ content }) => content === 'eyes') ? true : null;
      });
      times.push(Date.now() - said);
      await replyTo(world, issue, id, /./);
    }
    if (process.env.SHOW_TIMES !== undefined) console.log('reactions after', times, 'ms');
    expect(times.toSorted((a, b) => a - b)[2]).toBeLessThan(2_000);
  });

  it('runs the workflow of a gate again, and its older result does not count meanwhile', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    const again: number[] = [];
    world.github.subscribeReruns((_repository, run) => again.push(run.id));
    const [run] = await world.query<{ id: number }>(
      `select (state -> 'gates' -> 'perf' ->> 'runId')::int as id from aggregates where key = 'v1.1.0'`,
    );
    await world.github.updateRun('acme/shop', run?.id ?? 0, 'completed', 'success');
    await ask(world, issue, '/gates rerun perf', /Running `performance-gate` again/, 'bob');
    await settled(world);
    expect(again).toEqual([run?.id]);
    await ask(world, issue, '/promote 10', /GATE_RERUNNING/);
    expect(await productionDeployments(world)).toBe(0);
  });

  it('ends a release without traffic for good', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    await ask(world, issue, '/lock 4h', /Locked/);
    await ask(world, issue, '/abort wrong changelog', /nothing of this version reached production/);
    await reaches(world, 'v1.1.0', 'halted');
    await ask(world, issue, '/promote 10', /RELEASE_ENDED/);
    // The lock went with the release.
    const [lock] = await world.query(`select state -> 'lock' as lock from aggregates where key = 'v1.1.0'`);
    expect(lock).toEqual({ lock: null });
  });
});

describe('permissions beyond roles', () => {
  it('owners of every changed file may, others not, and a list that cannot be read permits nobody', async () => {
    const world = await startWorld();
    await configure(world, '  permissions:\n    hold: { roles: [], codeowners: true }\n');
    await commitFiles(world.alice, 'main', { CODEOWNERS: '* @mia\n/docs/ @bob\n' }, 'chore: owners');
    await commitFiles(world.alice, 'main', { 'src/a.ts': 'a' }, 'feat: a');
    const issue = await stage(world, 'v1.1.0');
    await ask(world, issue, '/hold x', /NOT_PERMITTED.*owners of the changed files/s, 'alice');
    await ask(world, issue, '/hold x', /NOT_PERMITTED/, 'bob');
    world.github.faults.next({ kind: 'status', status: 500, method: 'GET', path: /\/compare\// });
    await ask(world, issue, '/hold x', /NOT_PERMITTED/, 'mia');
    await ask(world, issue, '/hold x', /Held/, 'mia');
  });

  it('a policy of the repository has to agree, and is read from the tagged commit', async () => {
    const world = await startWorld();
    await commitFiles(
      world.alice,
      'main',
      {
        '.github/release-conductor/policies/who.rego':
          'package conductor.who\nimport rego.v1\ndefault may := false\nmay if {\n\tinput.actor.login == "mia"\n\tinput.step.environment == "production"\n}\n',
      },
      'ci: who',
    );
    await configure(
      world,
      '  permissions:\n    hold: { policy: data.conductor.who.may }\n    lock: { policy: data.conductor.who.nothing }\n',
    );
    const issue = await stage(world, 'v1.1.0');
    await ask(world, issue, '/hold x', /NOT_PERMITTED.*policy data\.conductor\.who\.may/s, 'alice');
    await ask(world, issue, '/lock 1h', /NOT_PERMITTED/, 'mia');
    await ask(world, issue, '/hold x', /Held/, 'mia');
  });

  it('an environment has people of its own', async () => {
    const world = await startWorld();
    await configure(
      world,
      '  permissions:\n    hold: { environments: { production: { roles: [], users: ["@Bob"] } } }\n',
    );
    const issue = await stage(world, 'v1.1.0');
    await ask(world, issue, '/hold x', /NOT_PERMITTED/, 'alice');
    await ask(world, issue, '/whocan hold', /bob/i, 'carol');
    await ask(world, issue, '/hold x', /Held/, 'bob');
  });
});

describe('commands on a pull request', () => {
  it('answer for its head, run gates again by permission of the base branch, and send others where they work', async () => {
    const world = await startWorld();
    await commitFiles(world.alice, 'feature', {
      'b.txt': 'b',
      // The change must not permit itself anything.
      '.github/release-conductor.yml': 'version: 1\nrelease: { permissions: { gates: { roles: [read] } } }\n',
    });
    const { data: pull } = await world.alice.rest.pulls.create({
      ...repository,
      title: 'feat: b',
      head: 'feature',
      base: 'main',
    });
    await settled(world);
    const { number } = pull;
    await ask(world, number, '/gates', /slo-gates/, 'carol');
    await ask(world, number, '/why', /It waits for/, 'carol');
    await ask(world, number, '/help', /rerun/, 'carol');
    await ask(world, number, '/whocan gates', /role write, role maintain, role admin/, 'carol');
    await ask(world, number, '/promote 10', /WRONG_PLACE/, 'alice');
    await ask(world, number, '/gates rerun perf', /NOT_PERMITTED/, 'carol');
    await ask(world, number, '/gates rerun perf', /GATE_NEVER_RAN/, 'bob');
    expect((await repliesIn(world, number)).length).toBeGreaterThan(6);
  });
});
