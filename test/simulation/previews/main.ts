import { readNumber, readOptions, runScript } from '../../../adapters/node-io/command-line.ts';
import { Month } from './month.ts';

const help =
  'use --days N, --seed S, --pull-requests N (a day), --repositories N, --budget USD (a day), --lost SHARE (of webhooks) or --failures SHARE (of provider calls)';

/** `npm run simulate:previews -- --days 30 --seed 1`: a month of previews, and what it asked of GitHub. */
await runScript(async () => {
  const text = (byDefault: string) => ({ type: 'string', default: byDefault }) as const;
  const values = readOptions(
    process.argv.slice(2),
    {
      days: text('30'),
      seed: text('1'),
      'pull-requests': text('200'),
      repositories: text('10'),
      budget: text('20'),
      lost: text('0.1'),
      failures: text('0.05'),
    },
    help,
  );
  const whole = (option: 'days' | 'seed' | 'pull-requests' | 'repositories', least: number) =>
    readNumber(option, values[option], { least, most: 999_999 }, help);
  const share = (option: 'lost' | 'failures') =>
    readNumber(option, values[option], { least: 0, most: 1, fractions: true }, help);
  const month = new Month({
    days: whole('days', 1),
    seed: whole('seed', 0),
    pullRequests: whole('pull-requests', 1),
    repositories: whole('repositories', 1),
    budget: readNumber('budget', values.budget, { least: 0, most: 1_000_000, fractions: true }, help),
    lostWebhooks: share('lost'),
    failures: share('failures'),
  });
  const begun = performance.now();
  const report = month.run();
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  console.log(JSON.stringify({ ...report, seconds }, null, 2));
  return report.orphans === 0 && report.overspent <= report.sweepCost ? 0 : 1;
});
