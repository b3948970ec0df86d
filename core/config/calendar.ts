import { z } from 'zod';

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

const timeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'expected a time of day such as 09:30, or 24:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

/** An IANA name. */
export const timeZone = z.string().refine(isTimeZone, 'expected a time zone such as Europe/Berlin or UTC');

const instant = z.iso
  .datetime({ offset: true, error: 'expected a moment with its offset, e.g. 2026-12-20T18:00:00+01:00' })
  .transform((text) => Date.parse(text));

/** Hours of some weekdays in which promotions may happen; times are minutes after midnight. */
const releaseWindowSchema = z
  .strictObject({
    days: z
      .array(z.enum(weekdays))
      .min(1)
      .default(['mon', 'tue', 'wed', 'thu', 'fri'])
      .describe('Days on which it begins'),
    from: timeOfDay.describe('First minute, `HH:MM`'),
    to: timeOfDay.describe('End, `HH:MM`; 24:00 is midnight'),
    time_zone: timeZone.default('UTC').describe('IANA name; summer time is observed'),
  })
  .refine(({ from, to }) => from < to, 'expected `from` before `to`; split a window at midnight');
export type ReleaseWindow = z.infer<typeof releaseWindowSchema>;

const freezeSchema = z
  .strictObject({
    from: instant.describe('First moment, ISO 8601 with a time zone'),
    to: instant.describe('End, ISO 8601 with a time zone'),
    reason: z.string().min(1).describe('Shown to whoever is refused'),
  })
  .refine(({ from, to }) => from < to, 'expected `from` before `to`');
export type Freeze = z.infer<typeof freezeSchema>;

export const windowsSchema = z
  .array(releaseWindowSchema)
  .max(50)
  .default([])
  .describe('Hours in which promotions may happen; none: at any time');

export const freezesSchema = z
  .array(freezeSchema)
  .max(100)
  .default([])
  .describe('Spans without promotions; rollback and hold go on');

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
