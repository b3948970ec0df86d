import { patientRequests } from '../../adapters/github/index.ts';
import type { Database } from '../../adapters/postgres/index.ts';
import type { Decider } from '../../app/flow/decide.ts';
import { emptyDesk } from '../../core/commands/desk/state.ts';
import type { CanaryReading } from '../../core/ports/metrics.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { sessionOf, useSession } from './postgres/client.ts';
import type { Parts } from './replica.ts';

/** A defect that somebody might write, put in front of the parts of a process. */
export interface PlantedBug {
  readonly name: string;
  readonly plant: (parts: Parts) => Parts;
}

type Decide = Decider['decide'];

/** Statements of the store as somebody else might have written them; null: as they are. */
function withSql(parts: Parts, rewrite: (text: string) => string | null): Parts {
  const change =
    (query: Database['query']): Database['query'] =>
    (text, values) =>
      query(rewrite(text) ?? text, values);
  const { database } = parts;
  const transaction: Database['transaction'] = (work) =>
    database.transaction((tx) => work(useSession({ ...tx, query: change(tx.query) }, sessionOf(tx))));
  return { ...parts, database: { ...database, query: change(database.query), transaction } };
}

function withDecider(parts: Parts, change: (decide: Decide) => Decide): Parts {
  return { ...parts, decider: { ...parts.decider, decide: change(parts.decider.decide) } };
}

function withRequests(
  parts: Parts,
  change: (request: Parts['wire']['request']) => Parts['wire']['request'],
): Parts {
  return { ...parts, wire: { request: change(parts.wire.request) } };
}

function hasNaN(reading: CanaryReading | null): boolean {
  return reading?.canary.instances.some(({ requests }) => Number.isNaN(requests)) ?? false;
}

/** Ways to get it wrong. Each is switched on by its name, inside the simulation only. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'look-up-before-create-forgotten',
    plant: (parts) =>
      withRequests(parts, (request) => async (route, parameters) => {
        const answer = await request(route, parameters);
        const isLookUp = /^GET .*\/(deployments|issues|comments|releases)$/.test(route);
        return isLookUp ? { ...answer, data: [] } : answer;
      }),
  },
  {
    // Any reading counts, also the answer to a question that was answered before.
    name: 'outcome-counted-twice',
    plant: (parts) =>
      withDecider(
        withSql(parts, (text) =>
          text.startsWith('update effects set state') ? text.replace(/ and state = 'pending'/, '') : null,
        ),
        (decide) => (ref, state, event, context) => {
          const { measuring } = (state ?? { measuring: null }) as Pick<ReleaseState, 'measuring'>;
          if (event.type !== 'canary.measured' || !measuring) return decide(ref, state, event, context);
          return decide(ref, state, { ...event, tick: measuring.tick, step: measuring.step }, context);
        },
      ),
  },
  {
    // Nothing remembers what it has seen: not the inbox, not the desk that takes commands, not the outbox.
    name: 'dedupe-dropped',
    plant: (parts) =>
      withDecider(
        withSql(parts, (text) => {
          if (text.startsWith('insert into deliveries')) {
            return text.replace('do nothing', '(guid) do update set done_at = null');
          }
          return text.startsWith('insert into effects')
            ? text.replace('do nothing', `do update set state = 'pending', not_before = excluded.not_before`)
            : null;
        }),
        (decide) => (ref, state, event, context) => {
          const forgetful = event.type === 'command.issued' && state !== null;
          return decide(
            ref,
            forgetful ? { ...(state as ReleaseState), ...emptyDesk } : state,
            event,
            context,
          );
        },
      ),
  },
  {
    name: 'no-locks-on-aggregates',
    plant: (parts) =>
      withSql(parts, (text) => {
        if (text.startsWith('select * from aggregates')) return text.replace(' for update', '');
        return text.startsWith('select pg_advisory_xact_lock') ? 'select $1 as unlocked' : null;
      }),
  },
  {
    name: 'lanes-overlap',
    plant: (parts) => ({ ...parts, database: { ...parts.database, exclusively: (_name, work) => work() } }),
  },
  {
    name: 'acknowledged-before-commit',
    plant: (parts) => ({
      ...parts,
      acknowledge: async (stored) => {
        stored.catch(() => undefined);
        return 'stored';
      },
    }),
  },
  {
    // Marked as done before it is: what is killed in between is never done.
    name: 'done-when-claimed',
    plant: (parts) => {
      const query: Database['query'] = async (text, values) => {
        const found = await parts.database.query(text, values);
        if (text.startsWith('select * from deliveries where guid') && found.rows.length > 0) {
          await parts.database.query('update deliveries set done_at = now() where guid = $1', values);
        }
        return found as never;
      };
      const marked = { ...parts, database: { ...parts.database, query } };
      return withSql(marked, (text) =>
        /from deliveries where guid .* for update/.test(text)
          ? text.replace(' and done_at is null', '')
          : null,
      );
    },
  },
  {
    name: 'lost-deliveries-not-swept',
    plant: (parts) => ({ ...parts, runsJob: (queue) => queue !== 'sweep-deliveries' }),
  },
  {
    // Nobody looks for what a killed process left, neither now and then nor at a start.
    name: 'unfinished-not-resumed',
    plant: (parts) =>
      withSql(parts, (text) =>
        /^select (?:key, not_before from effects|guid from deliveries)/.test(text)
          ? text.replace('order by', 'and $1::text is null order by')
          : null,
      ),
  },
  {
    // A replica believes the clock of its own machine.
    name: 'wall-clock-trusted',
    plant: (parts) => ({
      ...parts,
      startClock: async (_database, wall) => ({ now: () => wall.now(), set: async () => undefined }),
    }),
  },
  { name: 'retry-after-ignored', plant: (parts) => ({ ...parts, patient: (octokit) => octokit }) },
  {
    // Each replica runs into GitHub's limit by itself: what is written down is never read.
    name: 'retry-after-kept-to-oneself',
    plant: (parts) => ({
      ...parts,
      patient: (octokit, clock, pauses) =>
        patientRequests(octokit, clock, pauses && { ...pauses, until: async () => 0 }),
    }),
  },
  {
    name: 'jobs-sent-before-commit',
    plant: (parts) => ({
      ...parts,
      queue: { ...parts.queue, send: (_tx, queue, jobs) => parts.queue.send(parts.database, queue, jobs) },
      runsJob: (queue) => queue !== 'resume-unfinished',
    }),
  },
  {
    name: 'older-effect-of-a-lane-performed-last',
    plant: (parts) =>
      withSql(parts, (text) =>
        text.includes('where lane = $1') ? text.replace('order by seq', 'order by seq desc') : null,
      ),
  },
  {
    // What has to wait for GitHub is not there for what is decided after it.
    name: 'postponed-effect-overtaken',
    plant: (parts) =>
      withSql(parts, (text) =>
        text.includes('where lane = $1')
          ? text.replace('order by seq', 'and not_before <= now() order by seq')
          : null,
      ),
  },
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
    name: 'audit-entry-forgotten',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const decision = decide(ref, state, event, context);
        return event.type === 'command.assessed' ? { ...decision, audit: [] } : decision;
      }),
  },
  {
    name: 'audit-entry-twice',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const decision = decide(ref, state, event, context);
        return event.type === 'deployment.reported'
          ? { ...decision, audit: [...decision.audit, ...decision.audit] }
          : decision;
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
