// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflow expressions look like templates
import { describe, expect, it } from 'vitest';
import { jobWith, play } from './run-workflow.ts';

const inJob = (more: string) =>
  `on: push\njobs:\n  a:\n    runs-on: x\n${more}\n    steps: [{run: echo ran}]\n`;

/** What the runner cannot do, and the words by which it says so. */
const table: readonly (readonly [what: string, workflow: string, named: string])[] = [
  ['a matrix', inJob('    strategy: {matrix: {v: [1, 2]}}'), 'jobs.a.strategy'],
  ['a container', inJob('    container: node:24'), 'jobs.a.container'],
  ['services', inJob('    services: {db: {image: postgres}}'), 'jobs.a.services'],
  ['a reusable workflow', 'on: push\njobs: {a: {uses: ./.github/workflows/x.yml}}', 'reusable workflows'],
  ['a docker action', jobWith('- uses: docker://alpine:3'), 'docker://alpine:3'],
  ['a third-party action', jobWith('- uses: octo/deploy@v2'), 'octo/deploy@v2'],
  ['a setup action', jobWith('- uses: actions/setup-node@v4'), 'actions/setup-node@v4'],
  ['a background step', jobWith('- run: x\n  background: true'), 'background'],
  ['an unknown key', inJob('    colour: blue'), 'colour'],
  [
    'a cycle',
    'on: push\njobs: {a: {runs-on: x, needs: b, steps: [{run: x}]}, b: {runs-on: x, needs: a, steps: [{run: x}]}}',
    'at least one job with no dependencies',
  ],
  ['an unknown need', inJob('    needs: [ghost]'), 'no dependencies'],
  ['an unknown function', jobWith('- run: x\n  if: magic()'), 'magic'],
  ['an unknown context', jobWith('- run: echo ${{ wonder.land }}'), 'wonder'],
  ['broken YAML', 'on: push\njobs: {', '.github/workflows/test.yml'],
  ['a queueing concurrency group', inJob('    concurrency: {group: g, queue: max}'), 'concurrency.queue'],
];

describe('what the runner does not support', () => {
  it.each(table)('%s fails the run, by name', async (_what, workflow, named) => {
    const { runs, log, github } = await play({ workflow });
    expect(runs).toHaveLength(1);
    expect(runs[0]?.conclusion).toBe('failure');
    const said = [
      ...(runs[0]?.problems ?? []),
      ...(runs[0]?.jobs ?? []).flatMap((job) => job.annotations.map((a) => a.message)),
    ];
    expect(said.join('\n')).toContain(named);
    expect(log()).not.toContain('ran');
    expect(github.updates.at(-1)).toMatchObject({ status: 'completed', conclusion: 'failure' });
  });

  it('leaves a broken workflow alone when the event does not concern it', async () => {
    const { runs } = await play({ workflow: 'on: release\njobs: {a: {colour: blue}}' });
    expect(runs).toEqual([]);
  });
});
