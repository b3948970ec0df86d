import type { Finding } from '../../core/gate/result.ts';
import { measuredIn } from './measured.ts';
import { type Metric, type PerfRun, supportsMetric } from './model.ts';
import type { Budget } from './options.ts';

/** Absolute budgets of one run set. A budget on a metric that nobody measured decides nothing. */
export function checkBudgets(budgets: readonly Budget[], runs: readonly PerfRun[]): readonly Finding[] {
  return budgets
    .filter((budget) => budget.max !== undefined || budget.min !== undefined)
    .flatMap((budget) => {
      const found = measuredIn(runs).filter(
        ({ name, key }) => name === budget.metric || key === budget.metric,
      );
      if (found.length === 0) return [unmeasured(budget, runs)];
      return found.flatMap(({ run, name, metric }) =>
        supportsMetric(run, name) ? checkBudget(budget, run, metric) : [unsupported(budget, run)],
      );
    });
}

function checkBudget(budget: Budget, run: PerfRun, metric: Metric): readonly Finding[] {
  const { value, unit } = metric;
  const finding = (message: string): Finding => ({
    code: 'budget-exceeded',
    level: 'error',
    message: `${run.path}: ${budget.metric} is ${show(value)} ${unit}, ${message} ${unit}`,
    help: 'Make it faster, or change the budget on purpose.',
    path: run.path,
    data: { metric: budget.metric, value, max: budget.max, min: budget.min },
  });
  const findings: Finding[] = [];
  // A value that is not a number is on neither side of a limit.
  if (budget.max !== undefined && !(value <= budget.max)) findings.push(finding(`more than ${budget.max}`));
  if (budget.min !== undefined && !(value >= budget.min)) findings.push(finding(`less than ${budget.min}`));
  return findings;
}

function unmeasured(budget: Budget, runs: readonly PerfRun[]): Finding {
  const known = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort();
  const list = known.length > 12 ? `${known.slice(0, 12).join(', ')} …` : known.join(', ');
  return {
    code: 'budget-not-measured',
    level: 'error',
    message: `no result has ${budget.metric}, for which there is a budget`,
    help: `Measure it, or name one that is there: ${list || 'there is none'}.`,
    data: { metric: budget.metric },
  };
}

function unsupported(budget: Budget, run: PerfRun): Finding {
  return {
    code: 'quantile-unsupported',
    level: 'error',
    message: `${run.path}: ${run.load?.requests} requests are too few for ${budget.metric}: fewer than ten lie beyond it`,
    help: 'Run longer or at a higher rate, or set the budget on a lower quantile.',
    path: run.path,
    data: { metric: budget.metric },
  };
}

export function show(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
