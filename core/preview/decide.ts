import type { PreviewsConfig } from '../config/previews.ts';
import type { Decision } from '../flow/effect.ts';
import type { EffectSettled } from '../flow/event.ts';
import { effectIdOf } from '../flow/key.ts';
import { renderPreview } from './comment.ts';
import { type PreviewContext, PreviewDraft } from './draft.ts';
import type { PreviewEvent, PreviewFacts, PreviewReport } from './event.ts';
import { type PreviewState, unknownPreview } from './state.ts';
import { orderEnded, steer } from './steer.ts';

const rememberedCommands = 50;

/** What happens to the preview of a pull request. Pure and total. */
export function decidePreview(
  state: PreviewState | null,
  event: PreviewEvent | EffectSettled,
  context: PreviewContext,
): Decision<PreviewState> {
  const draft = new PreviewDraft(state ?? unknownPreview, context);
  switch (event.type) {
    case 'preview.touched':
      read(draft, event.pullRequest);
      return draft.decision();
    case 'preview.read':
      onRead(draft, event.pullRequest, event.facts);
      break;
    case 'preview.labelled':
      if (event.mayApprove) {
        draft.set({ approved: { sha: event.headSha, by: event.by } });
        draft.note('preview.approved', event.by, `the label was put on at ${event.headSha.slice(0, 12)}`);
      }
      read(draft, draft.state.pullRequest);
      break;
    case 'preview.commanded':
      onCommand(draft, event);
      break;
    case 'preview.visited':
      draft.set({ lastVisit: draft.now, asleep: false });
      break;
    case 'preview.reported':
      onReported(draft, event);
      break;
    case 'timer.fired':
      break;
    case 'effect.settled':
      onSettled(draft, event);
      break;
    default:
      return unreachable(event);
  }
  steer(draft);
  const body = renderPreview(draft.state, draft.repository, draft.now);
  if (body !== null) draft.comment(body);
  return draft.decision();
}

function read(draft: PreviewDraft, pullRequest: number): void {
  if (pullRequest === 0) return;
  const { baseSha, order } = draft.state;
  const awaited = order?.status === 'requested' ? order.githubId : null;
  draft.emit(`read/${draft.next('read')}`, { kind: 'readPreview', pullRequest, baseSha, awaited });
}

/** GitHub's word about the pull request. A push begins the life anew, and voids the approval of a fork. */
function onRead(draft: PreviewDraft, pullRequest: number, facts: PreviewFacts): void {
  const { state, now } = draft;
  const { open, headSha, baseSha, fork } = facts;
  const config = facts.config === 'as known' ? known(state) : facts.config;
  const labelled = config !== null && facts.labels.includes(config.label);
  const isPush = headSha !== state.headSha;
  const closes = state.open && !open;
  draft.set({
    pullRequest,
    open,
    headSha,
    baseSha,
    fork,
    labelled,
    draft: facts.draft,
    config: config ?? state.config,
    declared: config !== null,
    others: facts.others,
    gateway: facts.gateway,
    bill: typeof facts.spentToday === 'number' ? { spentToday: facts.spentToday, at: now } : state.bill,
    billUnknown: facts.spentToday === 'unknown',
    expiresAt: isPush || state.expiresAt === null ? now + (config?.ttl ?? 0) : state.expiresAt,
    lastVisit: isPush ? now : state.lastVisit,
    // The words of a person end with the pull request: opened again, it begins like a new one.
    wish: closes ? null : state.wish,
    asleep: closes ? false : state.asleep,
    approved: state.approved?.sha === headSha ? state.approved : null,
  });
  if (facts.report !== null) onReported(draft, facts.report);
  if (fork && open && labelled && config !== null && draft.state.approved === null) {
    draft.emit(`unlabel/${draft.next('unlabel')}`, {
      kind: 'removeLabel',
      issue: pullRequest,
      label: config.label,
    });
    draft.set({ labelled: false });
  }
}

function onCommand(
  draft: PreviewDraft,
  { id, pullRequest, by, order }: Extract<PreviewEvent, { type: 'preview.commanded' }>,
): void {
  if (draft.state.heard.includes(id)) return;
  draft.set({ pullRequest, heard: [...draft.state.heard, id].slice(-rememberedCommands) });
  const { state, now } = draft;
  const { config } = state;
  if (order.kind !== 'extend') draft.set({ spentOn: null });
  draft.note(`preview.${order.kind}-asked`, by, `#${state.pullRequest}`);
  switch (order.kind) {
    case 'start':
      draft.set({ wish: { kind: 'start', by, at: now }, asleep: false, refusal: null, failures: 0 });
      if (state.expiresAt !== null && state.expiresAt <= now)
        draft.set({ expiresAt: now + (config?.ttl ?? 0) });
      break;
    case 'destroy':
      draft.set({ wish: { kind: 'destroy', by, at: now } });
      break;
    case 'sleep':
      draft.set({ asleep: true });
      break;
    case 'wake':
      draft.set({ asleep: false, lastVisit: now });
      break;
    case 'extend': {
      if (config === null) break;
      const longest = now + config.longest_ttl;
      draft.set({ expiresAt: Math.min(Math.max(state.expiresAt ?? now, now) + order.ms, longest) });
      break;
    }
    case 'size':
      draft.set({ size: order.size });
  }
  read(draft, draft.state.pullRequest);
}

/** What the base branch declared when it was last read. */
function known({ config, declared }: PreviewState): PreviewsConfig | null {
  return declared === true ? config : null;
}

function onReported(draft: PreviewDraft, { deploymentId, state, url }: PreviewReport): void {
  const { order } = draft.state;
  if (order === null || order.githubId !== deploymentId) return;
  if (state === 'success') orderEnded(draft, true, url);
  if (state === 'failure' || state === 'error') orderEnded(draft, false, null);
}

function onSettled(draft: PreviewDraft, { key, outcome }: EffectSettled): void {
  const [series, n] = effectIdOf(key).split('/');
  const { order } = draft.state;
  if (series === 'comment') draft.commentWritten(Number(n));
  if (series !== 'order' || order === null || order.n !== Number(n)) return;
  if (outcome.ok) draft.set({ order: { ...order, githubId: Number(outcome.value.deploymentId) } });
  else orderEnded(draft, false, null);
}

function unreachable(event: never): never {
  throw new TypeError(`unknown event ${JSON.stringify(event)}`);
}
