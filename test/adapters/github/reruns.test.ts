import { describe, expect, it } from 'vitest';
import { forgeOverStubs } from './support.ts';

const at = Date.parse('2026-01-01T12:00:00.700Z');
const since = { at, attempt: 1 };
const run = (status: string, attempt: number, started: string) => ({
  status,
  run_attempt: attempt,
  run_started_at: `2026-01-01T${started}Z`,
});

describe('a run that is to be run again', () => {
  it.each([
    ['has ended', since, run('completed', 1, '11:00:00')],
    ['was run again before that was asked for', since, run('completed', 2, '11:30:00')],
    ['has ended, by an order of an older version', undefined, run('completed', 1, '12:00:01')],
  ])('is, when it %s', async (_when, asked, answer) => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/actions/runs/5').reply(200, answer);
    github.post('/repos/acme/shop/actions/runs/5/rerun').reply(201, {});
    await forge.rerunWorkflow(5, asked);
  });

  it.each([
    ['runs', run('in_progress', 2, '12:00:00')],
    ['has ended', run('completed', 2, '12:00:01')],
  ])('is not run a third time while the attempt that was asked for %s', async (_when, answer) => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/actions/runs/5').reply(200, answer);
    await forge.rerunWorkflow(5, since);
  });

  it.each([run('in_progress', 1, '11:59:00'), run('queued', 2, '11:59:59')])(
    'is waited for while %o',
    async (answer) => {
      const { forge, github } = forgeOverStubs();
      github.get('/repos/acme/shop/actions/runs/5').reply(200, answer);
      await expect(forge.rerunWorkflow(5, since)).rejects.toMatchObject({
        code: 'RUN_UNFINISHED',
        retryable: true,
      });
    },
  );

  it.each([
    [403, 'Unable to retry this workflow run because it was created over a month ago', 'GITHUB_FORBIDDEN'],
    [409, 'This workflow cannot be re-run', 'GITHUB_CONFLICT'],
  ])('fails with %i in the words of GitHub', async (status, message, code) => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/actions/runs/5').reply(200, run('completed', 1, '11:00:00'));
    github.post('/repos/acme/shop/actions/runs/5/rerun').reply(status, { message });
    await expect(forge.rerunWorkflow(5, since)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});
