import type { ReleaseDraft } from './draft.ts';
import type { Confirmed, Deployment } from './progress.ts';
import type { ReleaseState } from './state.ts';

/** The pipeline has carried out an order in production. */
export function confirm(draft: ReleaseDraft, deployment: Deployment): void {
  const { environment, githubId, version, weight } = deployment;
  if (githubId === null) return;
  const others = confirmedOf(draft.state).filter((known) => known.environment !== environment);
  draft.set({ confirmed: [...others, { environment, githubId, version, weight }] });
}

/** Somebody else's deployment has been told of: after `/resume` it is known, and only a newer one is news. */
export function noticed(draft: ReleaseDraft, environment: string, githubId: number): void {
  const confirmed = confirmedOf(draft.state).map((known) =>
    known.environment === environment ? { ...known, githubId } : known,
  );
  draft.set({ confirmed });
}

/** The last word on each production environment that was reached. A state of before knows one. */
export function confirmedOf({ confirmed, deployment, step }: ReleaseState): readonly Confirmed[] {
  if (confirmed !== undefined) return confirmed;
  if (deployment === null || step < 1 || deployment.status !== 'success') return [];
  const { environment, githubId, version, weight } = deployment;
  return githubId === null ? [] : [{ environment, githubId, version, weight }];
}
