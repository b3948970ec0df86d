import { expect, it } from 'vitest';
import { Month } from './previews/month.ts';
import { planted } from './previews/planted.ts';

const options = {
  days: 2,
  pullRequests: 60,
  repositories: 4,
  lostWebhooks: 0.1,
  failures: 0.05,
  budget: 6,
  seed: 7,
};

/** `npm run simulate:previews` plays the whole month of 200 pull requests a day. */
it.each([
  ['with money for all', { budget: 40 }],
  ['with too little money', { budget: 3 }],
  ['where every third webhook is lost and every fifth order fails', { lostWebhooks: 0.33, failures: 0.2 }],
])('days of an organisation %s leave no orphan and stay within the budget', (_name, more) => {
  const month = new Month({ ...options, ...more }).run();
  expect(month.pullRequests).toBe(120);
  expect(month.orders).toBeGreaterThan(100);
  expect(month.orphans).toBe(0);
  expect(month.overspent).toBeLessThanOrEqual(month.sweepCost);
  expect(month.mostCallsInAnHour).toBeLessThan(5_000);
});

it.each(Object.entries(planted))('such days show it when %s', (_name, decide) => {
  const month = new Month({ ...options, failures: 0.1, budget: 0.5 }, decide).run();
  expect(month.orphans > 0 || month.overspent > month.sweepCost).toBe(true);
});
