import type { AuditEntry } from '../../../core/audit/entry.ts';
import { verifyAuditChain } from '../../../core/audit/verify.ts';
import { hasLeftTheWay } from '../../../core/release/phase.ts';
import { appLogin, type Comment } from '../github/repository.ts';
import type { Row } from '../postgres/tables.ts';
import type { World } from '../world.ts';
import type { Finding } from './finding.ts';

/** Every delivery that was acknowledged has ended well. */
export function deliveriesEnd(world: World): Finding {
  const stored = new Map(world.rows('deliveries').map((row) => [row.guid as string, row]));
  for (const guid of world.carrier.acknowledged) {
    const row = stored.get(guid);
    if (row === undefined) return `delivery ${guid} was acknowledged and is not there`;
    if (row.dead_at !== null) return `delivery ${guid} (${row.event}) is dead: ${row.last_error}`;
    if (row.done_at === null) return `delivery ${guid} (${row.event}) was acknowledged and is not done`;
  }
  return null;
}

/** The audit chain holds from its first entry to its last. */
export function auditChainHolds(world: World): Finding {
  const entries = world
    .rows('audit')
    .filter(({ seq }) => seq !== null)
    .toSorted((a, b) => Number(a.seq) - Number(b.seq))
    .map(({ entry }) => entry as AuditEntry);
  const verdict = verifyAuditChain(entries);
  return verdict.ok ? null : `audit: ${verdict.code} ${verdict.message}`;
}

/** With no more trouble everything comes to rest: no release is open, no effect waits, no delivery is unread. */
export function comesToRest(world: World): Finding {
  const open = world.releases().find(({ phase }) => !hasLeftTheWay(phase));
  if (open !== undefined) return `${open.tag} is still ${open.phase}, held: ${open.hold?.code ?? 'no'}`;
  const effect = world
    .rows('effects')
    .find(({ state, kind }) => state === 'pending' && kind !== 'startTimer');
  if (effect !== undefined) return `effect ${effect.key} still waits: ${effect.last_error}`;
  const delivery = world
    .rows('deliveries')
    .find(({ done_at, dead_at }) => done_at === null && dead_at === null);
  return delivery === undefined ? null : `delivery ${delivery.guid} is still open: ${delivery.last_error}`;
}

/** Production and the release agree about who has the traffic when everything has come to rest. */
export function trafficIsWhatTheReleaseSays(world: World): Finding {
  for (const release of world.releases()) {
    const { canary } = world.platform.now;
    const actual = canary?.version === release.tag ? canary.weight : 0;
    const isOwner = canary?.version === release.tag;
    if (release.phase === 'rolled_back' && isOwner && actual > 0)
      return `${release.tag} is rolled back and has ${actual} %`;
    if (release.phase === 'halted' && isOwner && actual > 0)
      return `${release.tag} is halted and has ${actual} %`;
  }
  return null;
}

/** Every command that a person wrote in a release's issue has its answer there, or its entry in the audit log. Bots get none. */
export function everyCommandIsAnswered(world: World): Finding {
  const { comments } = world.hub.repository;
  const urls = new Set(world.rows('audit').map(({ entry }) => (entry as AuditEntry).data.url));
  const isAnswered = ({ id }: Comment): boolean =>
    urls.has(`https://github.test/c/${id}`) ||
    comments.some(({ author, body }) => author === appLogin && new RegExp(`[#:]reply/${id}/`).test(body));
  const open = comments.find((comment) => !comment.author.endsWith('[bot]') && !isAnswered(comment));
  return open === undefined ? null : `nobody answered ${open.body.split('\n', 1)[0]} (comment ${open.id})`;
}

/** What people see on GitHub is what was decided last: checks, the status of a release, comments in their order. */
export function githubShowsTheLatest(world: World): Finding {
  // Somebody who stood still without his locks may write last what is not the latest: the next change mends it.
  if (world.faults.counts.has('zombie') || world.faults.counts.has('connection lost')) return null;
  const effects = world.rows('effects').toSorted((a, b) => Number(a.seq) - Number(b.seq));
  const newest = new Map(effects.map((row) => [row.lane, row]));
  for (const row of newest.values()) {
    const finding = row.state === 'done' ? shows(world, row) : null;
    if (finding !== null) return finding;
  }
  return commentsAreInOrder(world, effects);
}

function shows({ hub }: World, { effect, kind }: Row): Finding {
  const { checks, issues } = hub.repository;
  if (kind === 'publishCheck') {
    const { sha, name, status } = effect as { sha: string; name: string; status: string };
    const shown = checks.findLast((check) => check.sha === sha && check.name === name);
    return shown?.status === status ? null : `${name} is ${shown?.status}, decided was ${status}`;
  }
  if (kind === 'updateIssue') {
    const { issue, body = '' } = effect as { issue: number; body?: string };
    const shown = issues.find(({ id }) => id === issue);
    return shown?.body.includes(body) ? null : `issue ${issue} shows an older status than was decided`;
  }
  return null;
}

function commentsAreInOrder({ hub }: World, effects: readonly Row[]): Finding {
  const posted = hub.repository.comments.filter(({ author }) => author === appLogin);
  const newest = new Map<number, number>();
  for (const { key, kind, state } of effects) {
    if (kind !== 'postComment' || state !== 'done') continue;
    const found = posted.find(({ body }) => body.includes(`release-conductor:${key} `));
    if (found === undefined) continue;
    const { id, issue } = found;
    if (id < (newest.get(issue) ?? 0)) return `comment ${key} came before what was decided earlier`;
    newest.set(issue, id);
  }
  return null;
}
