import { parseArgs } from 'node:util';
import { Month } from './month.ts';

/** `npm run simulate:previews -- --days 30 --seed 1`: a month of previews, and what it asked of GitHub. */
const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    'pull-requests': { type: 'string', default: '200' },
    repositories: { type: 'string', default: '10' },
    budget: { type: 'string', default: '20' },
    lost: { type: 'string', default: '0.1' },
    failures: { type: 'string', default: '0.05' },
  },
});
const begun = performance.now();
const report = new Month({
  days: Number(values.days),
  seed: Number(values.seed),
  pullRequests: Number(values['pull-requests']),
  repositories: Number(values.repositories),
  budget: Number(values.budget),
  lostWebhooks: Number(values.lost),
  failures: Number(values.failures),
}).run();
console.log(
  JSON.stringify({ ...report, seconds: Math.round((performance.now() - begun) / 100) / 10 }, null, 2),
);
process.exitCode = report.orphans === 0 && report.overspent <= report.sweepCost ? 0 : 1;
