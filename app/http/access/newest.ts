import {
  type Database,
  listAggregates,
  repositoriesWith,
  type StoredAggregate,
} from '../../../adapters/postgres/index.ts';
import type { AggregateRef } from '../../../core/flow/event.ts';
import { everybody, readable, type Viewer } from './viewer.ts';

/**
 * The newest of a kind that this viewer may read, newest first. The repositories are chosen before the newest are
 * counted: a busy one that somebody may not read does not push a quiet one off the page.
 */
export async function newestReadable(
  database: Database,
  viewer: Viewer,
  wanted: {
    readonly kind: AggregateRef['kind'];
    readonly repository?: string;
    readonly open?: boolean;
    readonly limit?: number;
  },
): Promise<readonly StoredAggregate[]> {
  if (viewer === everybody) return listAggregates(database, wanted);
  const { repository } = wanted;
  const there = repository === undefined ? await repositoriesWith(database, wanted) : [repository];
  const repositories = await readable(viewer, there, (name) => name);
  return listAggregates(database, { ...wanted, repositories });
}
