import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface ActionRunResult {
  readonly status: number;
  readonly log: string;
  /** Outputs of the step, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** `RUNNER_TEMP` of the run. */
  readonly temp: string;
}

/** Runs a bundled action as GitHub's runner would: nothing but the documented environment, files for what it says. */
export async function runBundle(
  action: string,
  run: {
    readonly files: Readonly<Record<string, string | Uint8Array>>;
    readonly inputs?: Readonly<Record<string, string>>;
    readonly event?: object;
    readonly env?: Readonly<Record<string, string>>;
    /** What is run: the committed bundle, or the sources that it is made of. */
    readonly from?: 'bundle' | 'sources';
  },
): Promise<ActionRunResult> {
  const root = mkdtempSync(join(tmpdir(), 'action-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const place = (name: string): string => join(root, name);
  const write = (path: string, text: string | Uint8Array): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const [path, text] of Object.entries(run.files)) write(join(root, 'workspace', path), text);
  for (const name of ['output', 'summary']) write(place(name), '');
  write(place('event.json'), JSON.stringify(run.event ?? {}));
  mkdirSync(place('temp'));
  const inputs = Object.entries(run.inputs ?? {}).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  const entry = run.from === 'sources' ? ['index.ts'] : ['dist', 'index.js'];
  const bundle = join(import.meta.dirname, '..', '..', 'actions', action, ...entry);
  const child = spawn(process.execPath, [bundle], {
    cwd: place('workspace'),
    env: {
      PATH: process.env.PATH,
      GITHUB_WORKSPACE: place('workspace'),
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_SHA: '1'.repeat(40),
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_EVENT_PATH: place('event.json'),
      GITHUB_OUTPUT: place('output'),
      GITHUB_STEP_SUMMARY: place('summary'),
      RUNNER_TEMP: place('temp'),
      ...Object.fromEntries(inputs),
      ...run.env,
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const status = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  return {
    status,
    log,
    outputs: parseOutputs(readFileSync(place('output'), 'utf8')),
    summary: readFileSync(place('summary'), 'utf8'),
    temp: place('temp'),
  };
}

/** The runner's own reading of `GITHUB_OUTPUT`: `name<<fence`, the value, the fence. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const match of text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm))
    outputs[match[1] ?? ''] = match[3] ?? '';
  return outputs;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A server on loopback that answers by a function and remembers what it was asked. */
export async function loopback(
  answer: (request: ReceivedRequest, count: number) => { readonly status: number; readonly body: object },
): Promise<{ readonly url: string; readonly requests: ReceivedRequest[] }> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
      };
      requests.push(received);
      const { status, body } = answer(received, requests.length);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
