import { listAggregates, readAggregate } from '../../adapters/postgres/index.ts';
import type { PreviewsConfig } from '../../core/config/previews.ts';
import { type LedgerState, ledgerRef } from '../../core/preview/daily/decide.ts';
import { dailyLine, renderDailyReport } from '../../core/preview/daily/render.ts';
import { reportOfDay } from '../../core/preview/daily/report.ts';
import { type Day, dayAt } from '../../core/preview/day.ts';
import type { PreviewState } from '../../core/preview/state.ts';
import { applyEvents } from '../flow/apply.ts';
import { previewsOf } from '../flow/preview-ledger.ts';
import { type ReconcilePorts, tolerating } from './reconcile.ts';

/** Days that are reported afterwards when nobody was there at midnight. */
const mostDays = 7;

/**
 * Reports, in each repository with previews, the days that have ended since the last report: by midnight of its own
 * zone, and each once, however often this runs.
 */
export async function reportPreviews(ports: ReconcilePorts): Promise<void> {
  for (const [repository, config] of await declaredPreviews(ports)) {
    await tolerating(repository, ports, async () => {
      const now = ports.now();
      const known = await readAggregate(ports.database, ledgerRef(repository));
      const reported = (known?.state as LedgerState | undefined)?.reported ?? null;
      for (const day of endedDays(now, config.budget.time_zone, reported)) {
        await reportDay(repository, config, day, ports);
      }
    });
  }
}

/** The days that are over and were not reported, oldest first; of a repository that never had a report only the last. */
export function endedDays(now: number, timeZone: string, reported: string | null): readonly Day[] {
  const days: Day[] = [];
  let day = dayAt(dayAt(now, timeZone).from - 1, timeZone);
  while (days.length < mostDays && (reported === null ? days.length < 1 : day.date > reported)) {
    days.unshift(day);
    day = dayAt(day.from - 1, timeZone);
  }
  return days;
}

async function reportDay(
  repository: string,
  config: PreviewsConfig,
  day: Day,
  ports: ReconcilePorts,
): Promise<void> {
  const now = ports.now();
  const previews = await previewsOf(ports.database, repository, now, mostDays + 2);
  const report = reportOfDay(previews, repository, config, day, now);
  const event = {
    type: 'day.ended',
    date: day.date,
    text: renderDailyReport(report),
    line: dailyLine(repository, report),
    toIssue: config.daily_report.issue,
    targets: config.daily_report.notify,
  } as const;
  await ports.database.transaction((tx) =>
    applyEvents(tx, [{ ref: ledgerRef(repository), event }], ports, now),
  );
}

/** Repositories to whose previews something happened of late, with what their newest one knows of the config. */
async function declaredPreviews({
  database,
  now,
}: ReconcilePorts): Promise<ReadonlyMap<string, PreviewsConfig>> {
  const closedSince = now() - (mostDays + 2) * 86_400_000;
  const stored = await listAggregates(database, { kind: 'preview', closedSince, limit: 5_000 });
  const found = new Map<string, PreviewsConfig>();
  for (const { ref, state } of stored) {
    const { config } = state as PreviewState;
    if (config !== null && !found.has(ref.repository)) found.set(ref.repository, config);
  }
  return found;
}
