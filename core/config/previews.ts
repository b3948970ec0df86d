import { z } from 'zod';
import { timeZone } from './calendar.ts';
import { durationSchema } from './duration.ts';

const hour = 3_600_000;

/** Of a preview: what lives longer is no preview. */
const life = durationSchema.refine((ms) => ms <= 366 * 24 * hour, 'expected a year at most');

const dollars = z.number().nonnegative().max(1_000_000);

const sizeSchema = z.strictObject({
  per_hour: dollars.describe('US dollars an hour while it runs'),
  asleep_per_hour: dollars.default(0).describe('US dollars an hour while it sleeps (disks, addresses)'),
});

const budgetSchema = z.strictObject({
  preview: dollars.default(3).describe('US dollars a day for one preview'),
  repository: dollars.default(3).describe('US dollars a day for all previews of the repository'),
  organisation: dollars
    .default(3)
    .describe(
      'US dollars a day for all previews of the organisation; the smallest of its repositories counts',
    ),
  time_zone: timeZone.default('UTC').describe('A day begins at midnight there; summer time is observed'),
});

const costSchema = z
  .strictObject({
    sizes: z
      .record(
        z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'expected a short name in lower case'),
        sizeSchema,
      )
      .refine((sizes) => Object.keys(sizes).length > 0, 'expected at least one size')
      .default({
        small: { per_hour: 0.02, asleep_per_hour: 0 },
        medium: { per_hour: 0.06, asleep_per_hour: 0 },
      }),
    default_size: z.string().default('small'),
    endpoint: z
      .url()
      .optional()
      .describe(
        'GET with ?repository=&environment= answers {"spent_today_usd": n}: asked instead of counting hours',
      ),
  })
  .refine(({ sizes, default_size: name }) => Object.hasOwn(sizes, name), {
    path: ['default_size'],
    error: 'expected one of the names in cost.sizes (the default is small)',
  });

const dailyReportSchema = z.strictObject({
  issue: z
    .boolean()
    .default(true)
    .describe('A comment in the issue “Previews: daily report” for each day with something to tell'),
  notify: z
    .array(
      z.strictObject({
        kind: z.enum(['webhook', 'slack']),
        name: z
          .string()
          .regex(/^[A-Za-z0-9][\w.-]{0,138}$/, 'expected a plain name')
          .describe('The address is in the variable NOTIFY_<NAME>_URL'),
      }),
    )
    .max(20)
    .default([])
    .describe('Who is told beside the issue'),
});

/** `previews:`; without the section there are none. */
export const previewsSchema = z.strictObject({
  when: z
    .enum(['always', 'label', 'command'])
    .default('label')
    .describe('Who gets one: every pull request, those with the label, or whoever says /preview'),
  label: z
    .string()
    .min(1)
    .max(50)
    .default('preview')
    .describe('On a fork it is also the approval, and falls off on push'),
  ttl: life.default(72 * hour).describe('Life since the last push or /preview extend'),
  longest_ttl: life.default(14 * 24 * hour).describe('No extension goes further than this'),
  warn_before: durationSchema.default(6 * hour).describe('The comment warns so long before the end'),
  idle_sleep: durationSchema.default(2 * hour).describe('Without a visit for so long it sleeps; 0: never'),
  max_concurrent: z
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .describe('Previews of the repository that exist at once'),
  golden_paths: z
    .enum(['required', 'if-reported'])
    .default('required')
    .describe(
      'Whether `slo-gates` waits until the golden paths were walked in a preview that is asked for, or takes what is reported',
    ),
  drafts: z.boolean().default(false).describe('Whether draft pull requests get one'),
  cost: costSchema.prefault({}),
  budget: budgetSchema.prefault({}),
  daily_report: dailyReportSchema
    .prefault({})
    .describe('After each midnight of budget.time_zone: what was spent, what was refused, what is left over'),
});
export type PreviewsConfig = z.infer<typeof previewsSchema>;
