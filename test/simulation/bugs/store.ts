import type { Database } from '../../../adapters/postgres/index.ts';
import { emptyDesk } from '../../../core/commands/desk/state.ts';
import type { ReleaseState } from '../../../core/release/state.ts';
import { type PlantedBug, withDecider, withSql } from './plant.ts';

/** What is remembered, and in which order things are done. */
export const storeBugs: readonly PlantedBug[] = [
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
    // A run ends for those who are at its commit already, and for nobody who comes later.
    name: 'run-not-kept',
    plant: (parts) =>
      withSql(parts, (text) =>
        text.startsWith('select run_id, attempt from workflow_runs')
          ? text.replace('order by', 'and run_id < 0 order by')
          : null,
      ),
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
];
