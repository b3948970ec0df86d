import { type JudgeSettings, tailShare } from './settings.ts';
import type { EvidenceState } from './state.ts';

/** Baseline requests without which its p95 is not known. */
const fewestRequests = 200;

/**
 * The slow edge that the canary's p95 must stay below: the smallest one at or above `maxSlowdown` times the
 * baseline's p95, which is itself known up to an edge. Only earlier ticks choose it, so the test of the next
 * tick stays valid. Null when the baseline is not known yet or no edge is wide enough: then nothing is judged.
 */
export function tailEdge(
  { totals, baselineExpected }: EvidenceState,
  settings: JudgeSettings,
): number | null {
  const { requests, slow } = totals.baseline;
  const edges = settings.slowEdges;
  // The bound is wider than the edge that it is made from: with a single edge nothing can be told.
  if (!baselineExpected || requests < fewestRequests || edges.length < 2) return null;
  const p95 = smallest(edges, (_edge, i) => (slow[i] ?? 0) <= tailShare * requests);
  if (p95 === null) return null;
  const bound = settings.maxSlowdown * (edges[p95] as number);
  return smallest(edges, (edge) => edge >= bound);
}

/** Index of the smallest edge that `fits`. */
function smallest(edges: readonly number[], fits: (edge: number, index: number) => boolean): number | null {
  let best: number | null = null;
  for (const [i, edge] of edges.entries()) {
    if (fits(edge, i) && (best === null || edge < (edges[best] as number))) best = i;
  }
  return best;
}
