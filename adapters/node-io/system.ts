import type { Clock, Log } from '../../core/ports/system.ts';

/** The machine's wall clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** One JSON object a line on standard error: standard output belongs to the result. */
export function jsonLog(write: (line: string) => void = (line) => process.stderr.write(`${line}\n`)): Log {
  const at =
    (level: string) =>
    (fields: Record<string, unknown>, message: string): void =>
      write(JSON.stringify({ level, time: new Date().toISOString(), msg: message, ...fields }));
  return { debug() {}, info: at('info'), warn: at('warn'), error: at('error') };
}
