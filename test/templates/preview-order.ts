import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A checkout of the pipeline in which orders for previews are carried out, with tools of its own before the others. */
export class Checkout {
  readonly folder: string;
  readonly env: Record<string, string>;

  private constructor(folder: string, env: Record<string, string>) {
    this.folder = folder;
    this.env = env;
  }

  static async make(env: Record<string, string> = {}): Promise<Checkout> {
    const folder = await mkdtemp(join(tmpdir(), 'preview-'));
    // What a container shows of it has to be readable for others, too.
    await chmod(folder, 0o755);
    await mkdir(join(folder, 'head'));
    return new Checkout(folder, env);
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** A file of the change. */
  write(name: string, text: string): Promise<void> {
    return writeFile(this.file(name), text);
  }

  /** A tool that the provider calls, as a script. */
  async tool(name: string, script: string): Promise<void> {
    await this.write(name, script);
    await chmod(this.file(name), 0o755);
  }

  /** Carries an order out: its exit status, -1 if it was killed, what it said, and the address that it told. */
  async order(
    provider: string,
    action: string,
    env: Record<string, string> = {},
  ): Promise<{ readonly code: number; readonly said: string; readonly url: string | null }> {
    const output = this.file('output');
    await rm(output, { force: true });
    const given = {
      PATH: `${this.folder}:${dirname(process.execPath)}:${process.env.PATH}`,
      ...{ GITHUB_OUTPUT: output, ACTION: action, PULL_REQUEST: '7', SHA: 'a'.repeat(40), SIZE: 'small' },
      ...{ FORK: 'false', PREVIEW_HOST: 'localhost', ...this.env, ...env },
    };
    const { code, said } = await new Promise<{ code: number; said: string }>((done) => {
      const script = resolve(`templates/previews/${provider}.mjs`);
      execFile(process.execPath, [script], { env: given, cwd: this.folder }, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code ?? -1), said: stdout + stderr }),
      );
    });
    const told = await readFile(output, 'utf8').catch(() => '');
    return { code, said, url: /^url=(.*)$/m.exec(told)?.[1] ?? null };
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
