import { z } from 'zod';

const budget = (meaning: string, initial: number | null) =>
  z.int().min(0).nullable().default(initial).describe(meaning);
const days = z.int().min(0).optional();

const waiverSchema = z.strictObject({
  advisory: z.string().describe('Any name of the advisory: `CVE-…`, `GHSA-…`'),
  package: z.string().optional().describe('Package it holds for, `name` or `name@version`; default: all'),
  reason: z.string().min(10).describe('Why this is acceptable; shown in the report'),
  owner: z.string().min(1).describe('Who answers for it'),
  expires: z.iso.date().describe('Last day on which it holds (UTC)'),
});
export type AdvisoryWaiver = z.infer<typeof waiverSchema>;

/** The section `gates.supply-chain.vulnerabilities`. */
export const vulnerabilityOptionsSchema = z.strictObject({
  reports: z
    .array(z.string())
    .default([
      'vulnerabilities/*.{json,sarif}',
      '**/*.{grype,trivy,osv}.json',
      '{npm,pnpm,yarn,pip}-audit.json',
    ])
    .describe(
      'Globs of scanner reports: Grype, Trivy, OSV-Scanner, audits of npm, pnpm, yarn and pip (JSON), CycloneDX, SARIF',
    ),
  baseline: z
    .array(z.string())
    .default(['baseline/vulnerabilities/*.{json,sarif}'])
    .describe(
      'Globs of the reports of the last promoted release; empty there: the same `reports` in the base',
    ),
  required: z.boolean().default(false).describe('Without a report the gate is inconclusive'),
  max_age_hours: z.int().min(1).default(48).describe('A report that says it is older is stale: inconclusive'),
  new: z
    .strictObject({
      critical: budget('How many new critical ones are accepted; null: any', 0),
      high: budget('How many new high ones', 0),
      medium: budget('How many new medium ones', 10),
      low: budget('How many new low ones', null),
      unknown: budget('How many new ones of unknown severity', 0),
    })
    .prefault({})
    .describe('Budgets for what was not in the last promoted release'),
  unfixable: z
    .enum(['count', 'warn'])
    .default('count')
    .describe('New ones without a repaired version: `count` against the budget, or only `warn`'),
  overdue_days: z
    .strictObject({
      critical: days.describe('Critical'),
      high: days.describe('High'),
      medium: days.describe('Medium'),
      low: days.describe('Low'),
      unknown: days.describe('Unknown'),
    })
    .prefault({})
    .describe('How many days after publication a known, fixable one becomes an error'),
  vex: z
    .array(z.string())
    .default(['**/*.openvex.json', '**/*.vex.json', '**/*.vex.cdx.json', '**/*.csaf.json'])
    .describe(
      'Globs of VEX documents: OpenVEX, CycloneDX, CSAF; for a pull request they are read from the base',
    ),
  products: z
    .array(z.string())
    .default([])
    .describe('Names under which VEX documents mean this product as a whole, as `pkg:oci/shop`'),
  waivers: z.array(waiverSchema).default([]).describe('Advisories that are accepted for a time'),
});
export type VulnerabilityOptions = z.infer<typeof vulnerabilityOptionsSchema>;
