import { type ChildProcess, spawn } from 'node:child_process';

const maxLineLength = 64 * 1024;
/** After the process ended, how long its descendants may still write before the step goes on, ms. */
const drainMs = 250;
/** Between asking a process group to end and killing it, ms. */
const killAfterMs = 2_000;

export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** Leaders of all groups of this process, for the case that it ends without closing its runner. */
const allLeaders = new Set<number>();
process.once('exit', () => {
  for (const leader of allLeaders) signalGroup(leader, 'SIGKILL');
});

/** Every process group that a job started, so that nothing outlives it. */
export class ProcessGroups {
  readonly #leaders = new Set<number>();

  /** Runs a command as the leader of its own group and resolves with its exit status (null: killed by a signal). */
  run(request: ProcessRequest): Promise<number | null> {
    return new Promise((resolve, reject) => {
      const child = spawn(request.command, [...request.args], {
        cwd: request.cwd,
        env: { ...request.env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      const leader = child.pid;
      if (leader !== undefined) {
        this.#leaders.add(leader);
        allLeaders.add(leader);
      }
      const flush = [splitLines(child.stdout, request.onLine), splitLines(child.stderr, request.onLine)];
      const stop = () => endGroup(leader);
      if (request.signal.aborted) stop();
      request.signal.addEventListener('abort', stop, { once: true });
      child.on('error', reject);
      child.on('exit', (code) => {
        request.signal.removeEventListener('abort', stop);
        whenDrained(child, () => {
          for (const rest of flush) rest();
          resolve(code);
        });
      });
    });
  }

  /** Kills whatever is left of the groups. */
  killAll(): void {
    for (const leader of this.#leaders) {
      signalGroup(leader, 'SIGKILL');
      allLeaders.delete(leader);
    }
    this.#leaders.clear();
  }
}

function endGroup(leader: number | undefined): void {
  if (leader === undefined || !signalGroup(leader, 'SIGTERM')) return;
  setTimeout(() => signalGroup(leader, 'SIGKILL'), killAfterMs).unref();
}

function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false; // the group is gone already
  }
}

/** A background process that keeps the pipes open must not hold the step. */
function whenDrained(child: ChildProcess, done: () => void): void {
  const timer = setTimeout(done, drainMs);
  child.on('close', () => {
    clearTimeout(timer);
    done();
  });
}

function splitLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): () => void {
  let pending = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, '').slice(0, maxLineLength));
    if (pending.length > maxLineLength) {
      onLine(pending);
      pending = '';
    }
  });
  return () => {
    if (pending !== '') onLine(pending);
    pending = '';
  };
}
