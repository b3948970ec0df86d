import { type Freeze, type ReleaseWindow, type Weekday, weekdays } from '../config/calendar.ts';

export interface CalendarAnswer {
  readonly window: { readonly open: boolean; readonly reason: string | null };
  readonly freeze: { readonly active: boolean; readonly reason: string | null };
}

/** Whether promotions may happen at `now` (ms since the epoch). Without windows they may at any time. */
export function calendarAt(
  { windows, freezes }: { readonly windows: readonly ReleaseWindow[]; readonly freezes: readonly Freeze[] },
  now: number,
): CalendarAnswer {
  const freeze = freezes.find(({ from, to }) => from <= now && now < to);
  const open = windows.length === 0 || windows.some((window) => isOpen(window, now));
  return {
    window: { open, reason: open ? null : windows.map(describeWindow).join('; ') },
    freeze: {
      active: freeze !== undefined,
      reason: freeze === undefined ? null : `${freeze.reason}, until ${new Date(freeze.to).toISOString()}`,
    },
  };
}

function isOpen({ days, from, to, time_zone }: ReleaseWindow, now: number): boolean {
  const { weekday, minute } = localTime(now, time_zone);
  return days.includes(weekday) && from <= minute && minute < to;
}

function localTime(now: number, timeZone: string): { readonly weekday: Weekday; readonly minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const name = String(parts.weekday).toLowerCase();
  const weekday = weekdays.find((day) => day === name) ?? 'sun';
  return { weekday, minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

/** `mon, tue 09:00–17:00 Europe/Berlin` */
export function describeWindow({ days, from, to, time_zone }: ReleaseWindow): string {
  return `${days.join(', ')} ${clock(from)}–${clock(to)} ${time_zone}`;
}

function clock(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
