import type { PreviewsConfig } from '../config/previews.ts';
import type { Decision } from '../flow/effect.ts';
import type { EffectSettled } from '../flow/event.ts';
import { effectIdOf } from '../flow/key.ts';
import { orderedJson } from '../ordered-json.ts';
import { renderPreview } from './comment.ts';
import { dayAt } from './day.ts';
import { type PreviewContext, PreviewDraft } from './draft.ts';
import type { PreviewEvent, PreviewFacts, PreviewReport } from './event.ts';
import { orderEnded } from './order-ended.ts';
import { isRefusedFreely, outlookOf } from './outlook-of.ts';
import type { Waiting } from './queue.ts';
import { resize } from './resize.ts';
import { type PreviewState, unknownPreview } from './state.ts';
import { steer } from './steer.ts';
import { warnBeforeEnd } from './warning.ts';

const rememberedCommands = 50;
const askedTooLate = 'The pull request is closed: it gets no preview before it is opened again.';

/** What happens to the preview of a pull request. Pure and total. */
export function decidePreview(
  state: PreviewState | null,
  event: PreviewEvent | EffectSettled,
  context: PreviewContext,
): Decision<PreviewState> {
  const draft = new PreviewDraft(state ?? unknownPreview, context);
  switch (event.type) {
    case 'preview.touched':
      draft.read(event.pullRequest);
      draft.set({ waits: called(draft.state.waits, draft.now) });
      return draft.decision();
    case 'preview.read':
      onRead(draft, event.pullRequest, event.facts);
      break;
    case 'preview.labelled':
      if (event.mayApprove) {
        draft.set({ approved: { sha: event.headSha, by: event.by } });
        draft.note('preview.approved', event.by, `the label was put on at ${event.headSha.slice(0, 12)}`);
      }
      draft.read(draft.state.pullRequest);
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
  warnBeforeEnd(draft);
  tellOutlook(draft);
  // The end of a write is no news: what costs a cent a second would be written again and again.
  const isNews = event.type !== 'effect.settled' || !isOfComment(event);
  const body = isNews ? renderPreview(draft.state, draft.repository, draft.now) : null;
  if (body !== null) draft.comment(body);
  return draft.decision();
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
    author: facts.author,
    config: config ?? state.config,
    declared: config !== null,
    ...(facts.walks === undefined ? {} : { walks: facts.walks }),
    gateway: facts.gateway,
    ...(typeof facts.spentToday === 'number' ? billed(state, facts.spentToday, now) : {}),
    billUnknown: facts.spentToday === 'unknown',
    expiresAt: isPush || state.expiresAt === null ? now + (config?.ttl ?? 0) : state.expiresAt,
    lastVisit: isPush ? now : state.lastVisit,
    ...(state.waits ? { waits: { ...state.waits, calledAt: null } } : {}),
    // The words of a person end with the pull request: opened again, it begins like a new one.
    wish: open ? state.wish : null,
    makesRoom: open ? (state.makesRoom ?? null) : null,
    ...(!open && !state.open && state.wish?.kind === 'start' ? { notice: askedTooLate } : {}),
    asleep: closes ? false : state.asleep,
    approved: state.approved?.sha === headSha ? state.approved : null,
  });
  if (facts.report !== null) onReported(draft, facts.report);
  const { asksSize = null } = draft.state;
  if (asksSize !== null) draft.set(resize(draft.state, asksSize, draft.others, draft.repository, now));
  if (fork && open && labelled && config !== null && draft.state.approved === null) {
    draft.emit(`unlabel/${draft.next('unlabel')}`, {
      kind: 'removeLabel',
      issue: pullRequest,
      label: config.label,
    });
    draft.set({ labelled: false });
  }
}

/** The pull request hears what to expect whenever that changes; where nothing was ever expected it hears nothing. */
function tellOutlook(draft: PreviewDraft): void {
  const { pullRequest, headSha, walks, told } = draft.state;
  const outlook = outlookOf(draft.state, draft.now);
  const isNews = told !== undefined || walks === true || isRefusedFreely(draft.state);
  if (headSha === '' || !isNews) return;
  if (told !== undefined && orderedJson(told) === orderedJson(outlook)) return;
  draft.set({ told: outlook });
  draft.emit(`outlook/${draft.next('outlook')}`, { kind: 'tellChange', pullRequest, outlook });
}

/** The figure of the endpoint; the last one of a day that has ended is kept for the report of that day. */
function billed({ bill, config }: PreviewState, spentToday: number, now: number): Partial<PreviewState> {
  const zone = config?.budget.time_zone ?? 'UTC';
  const isNewDay = bill !== null && bill.at < dayAt(now, zone).from;
  return { bill: { spentToday, at: now }, ...(isNewDay ? { lastBill: bill } : {}) };
}

function onCommand(
  draft: PreviewDraft,
  { id, pullRequest, by, order }: Extract<PreviewEvent, { type: 'preview.commanded' }>,
): void {
  if (draft.state.heard.includes(id)) return;
  draft.set({ pullRequest, heard: [...draft.state.heard, id].slice(-rememberedCommands) });
  const { state, now } = draft;
  const { config } = state;
  draft.set({ notice: null, ...(order.kind === 'extend' ? {} : { spentOn: null }) });
  draft.note(`preview.${order.kind}-asked`, by, `#${state.pullRequest}`);
  switch (order.kind) {
    case 'start':
      start(draft, by);
      break;
    case 'make-room':
      start(draft, by);
      // Whoever makes room has it: nobody else takes it meanwhile.
      draft.set({ makesRoom: by, waits: { since: 0, calledAt: null } });
      break;
    case 'yield': {
      const [end, change] =
        order.how === 'sleep'
          ? ['It sleeps', { asleep: true }]
          : ['Its life has ended', { expiresAt: Math.min(state.expiresAt ?? now, now) }];
      draft.set({ ...change, notice: `${end} to make room for the preview of #${order.to}.` });
      break;
    }
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
      const end = Math.max(state.expiresAt ?? now, now);
      const longest = Math.max(end, now + config.longest_ttl);
      const notice = `It lives no longer than that: \`previews.longest_ttl\` is ${config.longest_ttl / 3_600_000} h from now.`;
      draft.set({ expiresAt: Math.min(end + order.ms, longest) });
      if (end + order.ms > longest) draft.set({ notice });
      break;
    }
    case 'size':
      draft.set(resize(state, order.size, draft.others, draft.repository, now));
  }
  draft.read(draft.state.pullRequest);
}

/** It is wanted, whatever was said before, and a life that is over begins anew. */
function start(draft: PreviewDraft, by: string): void {
  const { state, now } = draft;
  draft.set({ wish: { kind: 'start', by, at: now }, asleep: false, refusal: null, failures: 0 });
  if (state.expiresAt !== null && state.expiresAt <= now)
    draft.set({ expiresAt: now + (state.config?.ttl ?? 0) });
}

/** Who waits has been told to look; the first call counts until it does. */
function called(waits: Waiting | null = null, now: number): Waiting | null {
  return waits === null || waits.calledAt !== null ? waits : { ...waits, calledAt: now };
}

/** What the base branch declared when it was last read. */
function known({ config, declared }: PreviewState): PreviewsConfig | null {
  return declared === true ? config : null;
}

function onReported(draft: PreviewDraft, { deploymentId, state, url }: PreviewReport): void {
  const { order } = draft.state;
  if (order === null || order.githubId !== deploymentId) return;
  // After a teardown the pipeline puts all of it out of service: its word before that may have been lost.
  const isDone = state === 'success' || (state === 'inactive' && order.action === 'destroy');
  if (isDone) orderEnded(draft, true, url);
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

function isOfComment({ key }: EffectSettled): boolean {
  return effectIdOf(key).startsWith('comment/');
}

function unreachable(event: never): never {
  throw new TypeError(`unknown event ${JSON.stringify(event)}`);
}
