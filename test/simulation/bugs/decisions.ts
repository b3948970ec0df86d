import type { CanaryReading } from '../../../core/ports/metrics.ts';
import type { ReleaseState } from '../../../core/release/state.ts';
import { type PlantedBug, withDecider } from './plant.ts';

/** What is decided. */
export const decisionBugs: readonly PlantedBug[] = [
  {
    name: 'pass-on-NaN',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const decision = decide(ref, state, event, context);
        const { measuring } = decision.state as ReleaseState;
        if (event.type !== 'canary.measured' || !measuring || !hasNaN(event.reading)) return decision;
        const passed = { ...measuring, verdict: 'ready' as const };
        return { ...decision, state: { ...(decision.state as ReleaseState), measuring: passed } };
      }),
  },
  {
    name: 'every-gate-result-counts-as-passed',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        if (event.type !== 'gate.reported') return decide(ref, state, event, context);
        const result = { ...event.report.result, verdict: 'pass' as const };
        return decide(ref, state, { ...event, report: { ...event.report, result } }, context);
      }),
  },
  {
    name: 'refused-rerun-forgotten',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        if (event.type !== 'effect.settled' || event.kind !== 'rerunWorkflow')
          return decide(ref, state, event, context);
        const outcome = { ok: true, value: {} } as const;
        return decide(ref, state, { ...event, outcome }, context);
      }),
  },
  {
    name: 'rerun-never-ordered',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const { effects, ...decision } = decide(ref, state, event, context);
        return { ...decision, effects: effects.filter(({ effect }) => effect.kind !== 'rerunWorkflow') };
      }),
  },
  {
    name: 'two-releases-at-once',
    plant: (parts) =>
      withDecider(
        parts,
        (decide) => (ref, state, event, context) => decide(ref, state, event, { ...context, neighbours: [] }),
      ),
  },
  {
    name: 'breach-only-noted',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const { effects, ...decision } = decide(ref, state, event, context);
        const kept = effects.filter(
          ({ effect }) => effect.kind !== 'createDeployment' || effect.task !== 'rollback',
        );
        return { ...decision, effects: kept };
      }),
  },
  {
    name: 'judge-overruled',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const decision = decide(ref, state, event, context);
        const isBreach =
          event.type === 'canary.measured' && (decision.state as ReleaseState).phase === 'rolling_back';
        if (!isBreach) return decision;
        const before = state as ReleaseState;
        const measuring = before.measuring && { ...before.measuring, verdict: 'rollback' as const };
        return { state: { ...before, measuring }, effects: [], audit: [] };
      }),
  },
  {
    name: 'step-skipped',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const { effects, ...decision } = decide(ref, state, event, context);
        const changed = effects.map((planned) => {
          const { effect } = planned;
          if (effect.kind !== 'createDeployment' || effect.payload.weight !== 10) return planned;
          return { ...planned, effect: { ...effect, payload: { ...effect.payload, weight: 50 } } };
        });
        return { ...decision, effects: changed };
      }),
  },
  {
    // The traffic of a step is taken for what was ordered, not for what the pipeline reports.
    name: 'weight-taken-as-ordered',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const decision = decide(ref, state, event, context);
        const { deployment, phase } = decision.state as ReleaseState;
        if (phase !== 'shifting' || !deployment) return decision;
        return { ...decision, state: { ...(decision.state as ReleaseState), weight: deployment.weight } };
      }),
  },
  {
    // Whoever decides last is believed, however long ago he asked.
    name: 'overtaken-reading-counts',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        if (event.type !== 'change.updated' && event.type !== 'change.closed') {
          return decide(ref, state, event, context);
        }
        const { asOf: _asOf, ...blind } = event;
        return decide(ref, state, blind, context);
      }),
  },
  {
    name: 'moved-tag-followed',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        if (event.type !== 'tag.moved') return decide(ref, state, event, context);
        return { state: { ...(state as ReleaseState), sha: event.to }, effects: [], audit: [] };
      }),
  },
  {
    name: 'ended-release-comes-back',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const decision = decide(ref, state, event, context);
        const { phase } = (state ?? { phase: 'new' }) as ReleaseState;
        const isLate = event.type === 'deployment.reported' && phase === 'rolled_back';
        return isLate ? { ...decision, state: { ...(state as ReleaseState), phase: 'soaking' } } : decision;
      }),
  },
];

function hasNaN(reading: CanaryReading | null): boolean {
  return reading?.canary.instances.some(({ requests }) => Number.isNaN(requests)) ?? false;
}
