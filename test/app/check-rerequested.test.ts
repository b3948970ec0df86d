import { expect, it } from 'vitest';
import { checkRun, checkSuite } from '../../app/events/check-rerequested.ts';
import { isWanted } from '../../app/events/registry.ts';

const sha = 'a'.repeat(40);
const ours = { slug: 'release-conductor' };
const foreign = { slug: 'github-actions' };
/** Knows one pull request at the commit, and counts how often it is asked. */
function context() {
  const asked: string[] = [];
  const row = { kind: 'change', repository: 'acme/shop', key: '7', updated_at: new Date(0) };
  const store = { query: async (text: string) => ({ rows: asked.push(text) > 0 ? [row] : [] }) };
  return { asked, context: { repository: 'acme/shop', forge: { appSlug: ours.slug }, store } as never };
}
const run = (app: object | null, name = 'slo-gates') => ({ check_run: { name, head_sha: sha, app } });
const suite = (app: object | null) => ({ check_suite: { head_sha: sha, app } });

it.each([
  ['a check of another app that has our name', checkRun, run(foreign)],
  ['a check of nobody', checkRun, run(null)],
  ['a check of ours that is no gate', checkRun, run(ours, 'other')],
  ['the checks of another app', checkSuite, suite(foreign)],
])('"Re-run" on %s costs no question and changes nothing', async (_what, handler, payload) => {
  const { asked, context: where } = context();
  const { events } = await handler.read(payload, where);
  expect(events).toEqual([]);
  expect(asked).toEqual([]);
});

it.each([
  ['one of our checks', checkRun, run(ours)],
  ['all of our checks', checkSuite, suite(ours)],
])('"Re-run" on %s is told to the pull request', async (_what, handler, payload) => {
  const { events } = await handler.read(payload, context().context);
  expect(events).toMatchObject([{ ref: { key: '7' }, event: { type: 'checks.rerequested', sha } }]);
});

it.each(['created', 'completed', 'requested_action'])(
  'a check that is %s is dropped at the door',
  (action) => {
    expect(isWanted('check_run', { action })).toBe(false);
    expect(isWanted('check_suite', { action })).toBe(false);
  },
);
