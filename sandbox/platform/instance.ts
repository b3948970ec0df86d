import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from '../../core/errors.ts';

const startWithinMs = 15_000;
const stopWithinMs = 2_000;

export interface InstanceRequest {
  readonly id: string;
  readonly directory: string;
  readonly version: string;
  readonly sha: string;
  readonly environment: string;
  readonly databaseUrl: string | undefined;
}

/** Processes of all platforms, for the case that this one ends without closing them. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** One process of the service. It is told `PORT=0` and says on stdout, as a JSON line, which port it got. */
export class Instance {
  readonly id: string;
  readonly version: string;
  readonly sha: string;
  readonly port: number;
  readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  /** Requests that the proxy has sent and that are not answered yet. */
  inFlight = 0;
  readonly #child: ChildProcess;

  private constructor(request: InstanceRequest, child: ChildProcess, port: number) {
    this.id = request.id;
    this.version = request.version;
    this.sha = request.sha;
    this.port = port;
    this.#child = child;
  }

  /** Starts the process and waits for its `/health`. Throws `ProviderError` with its last words when it does not come up. */
  static async start(request: InstanceRequest): Promise<Instance> {
    const child = spawn(process.execPath, ['server.js'], {
      cwd: request.directory,
      env: {
        PATH: process.env.PATH ?? '',
        PORT: '0',
        HOST: '127.0.0.1',
        ENVIRONMENT: request.environment,
        ...(request.databaseUrl === undefined ? {} : { DATABASE_URL: request.databaseUrl }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    living.add(child);
    child.once('exit', () => living.delete(child));
    const words: string[] = [];
    const signal = AbortSignal.timeout(startWithinMs);
    try {
      const port = await portOf(child, words, signal);
      await healthy(child, port, signal);
      return new Instance(request, child, port);
    } catch (cause) {
      child.kill('SIGKILL');
      throw new ProviderError(
        'VERSION_UNHEALTHY',
        `${request.version} did not become healthy in ${request.environment}: ${words.join(' ').slice(-500)}`,
        'read what the service wrote, and correct it',
        { retryable: false, cause },
      );
    }
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends the process without waiting for requests: a crash. */
  crash(): void {
    this.#child.kill('SIGKILL');
  }

  /** Lets the answers under way finish (at most `drainMs`), then ends the process. */
  async stop(drainMs: number): Promise<void> {
    const deadline = Date.now() + drainMs;
    while (this.inFlight > 0 && Date.now() < deadline) await delay(10);
    this.agent.destroy();
    if (!this.alive) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopWithinMs);
    await exit;
    clearTimeout(timer);
  }
}

function portOf(child: ChildProcess, words: string[], signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      words.push(chunk.toString().trim());
      if (words.length > 50) words.shift();
      const port = /"port":\s*(\d+)/.exec(words.join('\n'))?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function healthy(child: ChildProcess, port: number, signal: AbortSignal): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal }).catch(() => null);
    if (answer?.status === 200) return;
    signal.throwIfAborted();
    await delay(20, undefined, { signal });
  }
  throw new Error(`the process ended with ${child.exitCode}`);
}
