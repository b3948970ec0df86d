import { z } from 'zod';
import { deploymentReport } from '../comms/deployment-report.ts';
import { releaseNotes } from '../comms/release-notes.ts';
import type { EffectSettled } from '../flow/event.ts';
import { inlineText } from '../gate/markdown.ts';
import { recordCanary } from './canary-record.ts';
import type { ReleaseDraft } from './draft.ts';
import { evidenceFacts } from './evidence-facts.ts';
import { flipForGa } from './flags.ts';
import { observe } from './observe.ts';
import type { Finishing } from './progress.ts';
import { isLastStep, isStepReady } from './steps.ts';

/** How attaching ends when the release turns out to be published already. */
const publishedSchema = z.object({
  published: z.object({ sha256: z.string(), bundleSha256: z.string() }),
});

/** After the soak at the last step, and never before, the release is packed and published. */
export function finishWhenSoaked(draft: ReleaseDraft): void {
  const { state } = draft;
  if (state.phase !== 'soaking' || state.hold !== null) return;
  if (!isLastStep(state) || !isStepReady(state, draft.now)) return;
  recordCanary(draft);
  draft.move('finishing', 'final soak passed, packing the evidence');
  draft.note('release.soaked', 'conductor', 'final soak passed');
  startEvidence(draft, 'ga');
}

/** pack → attach (upload, read back, verify) → publish. Each try has effects of its own. */
export function startEvidence(draft: ReleaseDraft, outcome: Finishing['outcome']): void {
  const attempt = draft.next('evidence');
  draft.set({ finishing: { outcome, stage: 'packing', attempt, sha256: null, bundleSha256: null } });
  draft.emit(`pack/${attempt}`, {
    kind: 'packEvidence',
    tag: draft.state.tag,
    facts: { ...evidenceFacts(draft.state, outcome, draft.repository, draft.now) },
  });
}

/** One of the three has ended. Outcomes of an earlier try, or after a rollback, change nothing. */
export function onEvidenceSettled(
  draft: ReleaseDraft,
  stage: Finishing['stage'],
  attempt: number,
  outcome: EffectSettled['outcome'],
): void {
  const { finishing } = draft.state;
  if (stage === 'publishing' && outcome.ok && finishing?.stage !== 'publishing') {
    publishedInSpite(draft, String(outcome.value.url ?? ''));
    return;
  }
  if (finishing === null || finishing.attempt !== attempt || finishing.stage !== stage) return;
  if (!outcome.ok) {
    // The draft is gone: `/resume` makes another one.
    if (stage !== 'packing' && outcome.code === 'GITHUB_NOT_FOUND') draft.set({ releaseId: null });
    evidenceFailed(draft, finishing, `${stage} failed: ${outcome.code}: ${outcome.message}`.slice(0, 500));
    return;
  }
  switch (stage) {
    case 'packing': {
      const sha256 = String(outcome.value.sha256);
      const bundleSha256 = String(outcome.value.bundleSha256);
      draft.set({ finishing: { ...finishing, stage: 'attaching', sha256, bundleSha256 } });
      draft.note('evidence.packed', 'conductor', 'evidence packed and signed', null, {
        sha256,
        bundleSha256,
      });
      attach(draft);
      break;
    }
    case 'attaching':
      if (onPublished(draft, finishing, outcome.value)) break;
      draft.note('evidence.attached', 'conductor', 'evidence attached, its bytes read back and verified');
      if (finishing.outcome === 'ga') publish(draft, finishing);
      else done(draft, finishing, 'evidence of the rollback attached to the draft release');
      break;
    case 'publishing':
      reachGa(draft, finishing, String(outcome.value.url ?? ''));
      break;
    case 'done':
      break;
  }
}

/** Goes on with attaching as soon as there is a draft release to attach to. */
export function attach(draft: ReleaseDraft): void {
  const { finishing, releaseId } = draft.state;
  if (finishing === null || finishing.stage !== 'attaching' || releaseId === null) return;
  const { attempt, sha256, bundleSha256 } = finishing;
  if (sha256 === null || bundleSha256 === null || isHeld(draft, finishing)) return;
  draft.emit(`attach/${attempt}`, { kind: 'attachEvidence', releaseId, sha256, bundleSha256 });
}

/** After a hold: a release that was on its way to GA packs its evidence anew. */
export function packAnew(draft: ReleaseDraft): void {
  const { phase, hold, finishing } = draft.state;
  if (phase !== 'finishing' || hold !== null) return;
  if (finishing === null || finishing.stage !== 'publishing') startEvidence(draft, 'ga');
}

/** Publishing freezes the release: a hold that came meanwhile stops it; `/resume` packs anew. */
function publish(draft: ReleaseDraft, finishing: Finishing): void {
  const { releaseId } = draft.state;
  if (releaseId === null || isHeld(draft, finishing)) return;
  draft.set({
    finishing: { ...finishing, stage: 'publishing' },
    counters: { ...draft.state.counters, publish: finishing.attempt },
  });
  draft.emit(`publish/${finishing.attempt}`, {
    kind: 'publishRelease',
    releaseId,
    body: releaseNotes(draft.state),
  });
}

function reachGa(draft: ReleaseDraft, finishing: Finishing, url: string): void {
  done(draft, finishing, `published with its evidence`);
  draft.set({ publishedUrl: url, measuring: null });
  draft.note('release.published', 'conductor', `${draft.state.tag} is GA`, null, {
    sha256: finishing.sha256,
  });
  draft.move('observing', '**GA**', 'SUCCESS');
  draft.comment('deployment-report/ga', deploymentReport(draft.state, 'success', draft.now));
  flipForGa(draft);
  observe(draft);
}

/** A call of an earlier try had published after it was given up: its evidence is the one that counts. */
function onPublished(draft: ReleaseDraft, finishing: Finishing, value: unknown): boolean {
  const published = publishedSchema.safeParse(value).data?.published;
  if (published === undefined) return false;
  const kept = { ...finishing, ...published };
  const reason = 'published by an earlier try, with its verified evidence';
  draft.set({ finishing: kept });
  draft.note('evidence.attached', 'conductor', reason, null, published);
  publish(draft, kept);
  return true;
}

/** The breach came while GitHub was publishing: the release is public, the traffic goes back all the same. */
function publishedInSpite(draft: ReleaseDraft, url: string): void {
  if (draft.state.publishedUrl !== null) return;
  draft.set({ publishedUrl: url });
  draft.note('release.published', 'conductor', 'published before the rollback could stop it', 'ROLLED_BACK');
  draft.comment(
    'published-in-spite',
    '⚠️ GitHub had published this release before the rollback could stop it. No later release goes back to it.',
  );
}

function done(draft: ReleaseDraft, finishing: Finishing, text: string): void {
  draft.set({ finishing: { ...finishing, stage: 'done' } });
  draft.tell(text);
}

function isHeld(draft: ReleaseDraft, finishing: Finishing): boolean {
  return finishing.outcome === 'ga' && draft.state.hold !== null;
}

function evidenceFailed(draft: ReleaseDraft, finishing: Finishing, reason: string): void {
  draft.note('evidence.failed', 'conductor', reason, 'EVIDENCE_FAILED');
  draft.tell(`evidence: ${inlineText(reason)}`);
  if (finishing.outcome === 'rolled-back') return;
  // `/resume` begins anew: what was attached may not be what is to be published.
  draft.set({ finishing: null });
  if (draft.state.hold !== null) return;
  draft.hold('EVIDENCE_FAILED', reason, 'conductor');
  draft.comment(
    `evidence-failed/${finishing.attempt}`,
    `⏸️ Held: ${inlineText(reason)}. Without verified evidence nothing is published. \`/resume\` tries again.`,
  );
}
