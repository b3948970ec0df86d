import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CliWorld } from '../../cli/command.ts';
import { main } from '../../cli/main.ts';

/** The process as a command sees it, with everything it said. */
export class FakeWorld implements CliWorld {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  stdout = '';
  stderr = '';

  constructor(cwd: string, env: CliWorld['env'] = {}, answer: typeof fetch = noNetwork) {
    this.cwd = cwd;
    this.env = env;
    this.fetch = answer;
  }

  readonly print = (text: string): void => {
    this.stdout += `${text}\n`;
  };

  readonly note = (text: string): void => {
    this.stderr += `${text}\n`;
  };

  async untilStopped(): Promise<void> {}

  /** Runs a command line and answers with its exit status. */
  run(...argv: string[]): Promise<number> {
    return main(argv, this);
  }
}

async function noNetwork(): Promise<Response> {
  throw new TypeError('fetch failed');
}

/** A folder with these files. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cli-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

/** A GitHub that answers from a table of `METHOD path` and remembers what it was asked. */
export class FakeGithub {
  readonly requests: {
    readonly what: string;
    readonly body: unknown;
    readonly authorization: string | null;
  }[] = [];
  readonly answers: Readonly<Record<string, unknown>>;

  constructor(answers: Readonly<Record<string, unknown>>) {
    this.answers = answers;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const what = `${request.method} ${url.pathname}`;
    const text = await request.text();
    this.requests.push({
      what,
      body: text === '' ? null : JSON.parse(text),
      authorization: request.headers.get('authorization'),
    });
    const answer = this.answers[what];
    if (answer === undefined) return Response.json({ message: 'Not Found' }, { status: 404 });
    if (typeof answer === 'number') return Response.json({ message: 'no' }, { status: answer });
    return Response.json(answer, { headers: { date: new Date().toUTCString() } });
  };
}
