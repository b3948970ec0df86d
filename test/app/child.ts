import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { RunningConductor } from '../../app/start.ts';

/** A Conductor in a process of its own, which can be killed. */
export interface ChildConductor extends RunningConductor {
  readonly pid: number;
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
}

/**
 * Starts `app/server.ts` as `npm start` does and waits for the log line that says it is ready.
 *
 * @param hear takes everything that it writes, and makes it write all it can.
 */
export async function startChild(
  env: NodeJS.ProcessEnv,
  hear?: (output: string) => void,
): Promise<ChildConductor> {
  const child = spawn(process.execPath, ['app/server.ts'], {
    env: { PATH: process.env.PATH, ...env, LOG_LEVEL: hear ? 'trace' : 'info' } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stderr: string[] = [];
  child.stderr.on('data', (chunk) => stderr.push(String(chunk)));
  if (hear)
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => hear(String(chunk)));
  const url = await readUrl(child, stderr);
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return { url, pid: child.pid ?? 0, kill: () => stop('SIGKILL'), close: () => stop('SIGTERM') };
}

async function readUrl(child: ChildProcess, stderr: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${stderr.join('')}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const entry = JSON.parse(line) as { msg?: string; url?: string };
      if (entry.msg === 'The Conductor is ready' && entry.url !== undefined) resolve(entry.url);
    });
  });
}
