import { z } from 'zod';
import { nothingAbove } from './above.ts';
import type { GovernanceState } from './state.ts';

/** Where the export lies in the evidence of a release. */
export const exportPath = 'identity/repository-settings.json';

const instant = z.iso.datetime();
const nameSchema = z.record(z.string(), z.unknown());

/** The rules of a repository as they were found, and how they stood to its config: for auditors and the evidence. */
export const governanceExportSchema = z.object({
  schema_version: z.literal(1),
  repository: z.string(),
  /** When GitHub was read in full for the last time. */
  read_at: instant,
  /** When everything was last as the config says; null: never since the Conductor knows the repository. */
  in_order_at: instant.nullable(),
  /** Digest of the config that was compared with. */
  config_sha256: z.string(),
  drift: z.object({ since: instant, issue: z.number().nullable() }).nullable(),
  plan: z.object({
    hash: z.string(),
    changes: z.array(
      z.object({
        kind: z.string(),
        name: z.string(),
        action: z.enum(['create', 'update', 'delete']),
        details: z.array(z.string()),
      }),
    ),
    refused: z.string().nullable(),
    undeclared: z.array(z.string()),
    without_code_owner: z.array(z.string()),
    weaker_than_organisation: z.array(z.string()).default([]),
    /** What else is in force, in words. */
    also_in_force: z.array(z.string()).default([]),
  }),
  /** Pull requests that were merged while the rules were not as wanted. */
  merged_in_the_gap: z
    .array(z.object({ number: z.number(), title: z.string(), by: z.string(), at: instant }))
    .default([]),
  /** Names instead of ids, lists in order, bypass actors among them. */
  settings: z.object({
    rulesets: z.array(nameSchema),
    environments: z.array(nameSchema),
    labels: z.array(nameSchema),
  }),
  /** What binds the repository beside them: rulesets of its organisation, classic protection of the default branch. */
  above: z
    .object({ rulesets: z.array(nameSchema), protections: z.array(nameSchema) })
    .default({ rulesets: [], protections: [] }),
});
export type GovernanceExport = z.infer<typeof governanceExportSchema>;

/** Null while nothing was read: the config declares no governance, or the first look has not ended. */
export function exportGovernance(
  repository: string,
  { found, goodAt, drift }: GovernanceState,
): GovernanceExport | null {
  if (found === null) return null;
  const { plan, settings, above = nothingAbove, merged = [] } = found;
  const open = drift === null || drift.over ? null : drift;
  return {
    schema_version: 1,
    repository,
    read_at: timeOf(found.at),
    in_order_at: goodAt === null ? null : timeOf(goodAt),
    config_sha256: found.configSha256,
    drift: open && { since: timeOf(open.since), issue: open.issue },
    plan: {
      hash: plan.hash,
      changes: plan.changes.map(({ kind, name, before, after, details }) => ({
        kind,
        name,
        action: before === null ? 'create' : after === null ? 'delete' : 'update',
        details: [...details],
      })),
      refused: plan.refused?.message ?? null,
      undeclared: [...plan.kept],
      without_code_owner: [...(plan.unowned ?? [])],
      weaker_than_organisation: [...(plan.weaker ?? [])],
      also_in_force: [...(plan.above ?? [])],
    },
    merged_in_the_gap: merged.map(({ number, title, by, at }) => ({ number, title, by, at: timeOf(at) })),
    settings: {
      rulesets: settings.rulesets.map(fieldsOf),
      environments: settings.environments.map(fieldsOf),
      labels: settings.labels.map(fieldsOf),
    },
    above: {
      rulesets: above.rulesets.map(fieldsOf),
      protections: above.protections.map(fieldsOf),
    },
  };
}

function fieldsOf(setting: object): Record<string, unknown> {
  return { ...setting };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
