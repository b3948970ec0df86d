import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const server = fileURLToPath(new URL('../app/server.ts', import.meta.url));

/** The Conductor as a process of its own, so that it can be killed like one. */
export class ConductorProcess {
  readonly url: string;
  private readonly environment: Readonly<Record<string, string>>;
  private readonly log: WriteStream;
  private child: ChildProcess | null = null;

  private constructor(port: number, environment: Readonly<Record<string, string>>, logFile: string) {
    this.url = `http://127.0.0.1:${port}`;
    this.environment = { ...environment, PORT: String(port), HOST: '127.0.0.1', CONDUCTOR_URL: this.url };
    this.log = createWriteStream(logFile, { flags: 'a' });
  }

  /** Reserves an address; nothing runs yet. */
  static async prepare(
    environment: Readonly<Record<string, string>>,
    logFile: string,
  ): Promise<ConductorProcess> {
    return new ConductorProcess(await freePort(), environment, logFile);
  }

  /** @throws when the process ends, or is not ready within 60 s. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [server], {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(this.log, { end: false });
    child.stderr.pipe(this.log, { end: false });
    this.child = child;
    const deadline = Date.now() + 60_000;
    while (!(await this.isReady())) {
      if (child.exitCode !== null)
        throw new Error(`the Conductor ended with ${child.exitCode}; see ${this.log.path}`);
      if (Date.now() > deadline)
        throw new Error(`the Conductor was not ready after 60 s; see ${this.log.path}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** `kill -9`, and nothing else: what a power cut does to it. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    this.child = null;
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/ready`)).status === 200;
    } catch {
      return false;
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port could be had on 127.0.0.1');
  return address.port;
}
