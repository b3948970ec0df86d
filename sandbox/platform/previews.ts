import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { Environment } from './environment.ts';
import { closeServer, type Listening, listen } from './listening.ts';
import { createProxy } from './proxy.ts';

/** The one version of a preview. */
const version = 'head';

interface Preview {
  readonly environment: Environment;
  readonly proxy: Listening;
  /** What runs, kept for the time after a sleep. */
  readonly source: string;
  sha: string;
  size: string;
  awake: boolean;
}

/** What a preview says about itself. */
export interface PreviewDescription {
  readonly url: string;
  readonly sha: string;
  readonly size: string;
  readonly awake: boolean;
}

/** Previews of pull requests: a process each, behind an address that stays while it sleeps and is gone with it. */
export class Previews {
  readonly #root: string;
  readonly #previews = new Map<string, Preview>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
  }

  /** Names of those that stand, awake or not. */
  names(): readonly string[] {
    return [...this.#previews.keys()];
  }

  describe(name: string): PreviewDescription | null {
    const found = this.#previews.get(name);
    if (found === undefined) return null;
    const { sha, size, awake, proxy } = found;
    return { url: `${proxy.url}/`, sha, size, awake };
  }

  /** Starts it, or brings it to another commit or size. @throws ProviderError when it does not come up. */
  put(name: string, request: { sha: string; size: string; directory: string }): Promise<void> {
    return this.#inTurn(async () => {
      const preview = this.#previews.get(name) ?? (await this.#make(name));
      await rm(preview.source, { recursive: true, force: true });
      await cp(request.directory, preview.source, { recursive: true });
      preview.sha = request.sha;
      preview.size = request.size;
      await wake(preview);
    });
  }

  setAwake(name: string, awake: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const preview = this.#previews.get(name);
      if (preview === undefined)
        throw new InputError('PREVIEW_UNKNOWN', `there is no preview "${name}"`, 'create it first');
      if (awake) await wake(preview);
      else {
        preview.awake = false;
        await preview.environment.close();
      }
    });
  }

  /** Removes everything of it; what is not there is removed already. */
  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const preview = this.#previews.get(name);
      if (preview === undefined) return;
      this.#previews.delete(name);
      await preview.environment.close();
      await closeServer(preview.proxy.server);
      await rm(join(this.#root, name), { recursive: true, force: true });
    });
  }

  async close(): Promise<void> {
    for (const name of this.names()) await this.remove(name);
  }

  async #make(name: string): Promise<Preview> {
    const folder = join(this.#root, name);
    await mkdir(folder, { recursive: true });
    const environment = new Environment(name, join(folder, 'runs'), undefined);
    const proxy = await listen(createProxy(environment));
    const source = join(folder, 'source');
    const preview = { environment, proxy, source, sha: '', size: '', awake: false };
    this.#previews.set(name, preview);
    return preview;
  }

  /** One change at a time. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

async function wake(preview: Preview): Promise<void> {
  const { environment, sha, source } = preview;
  await environment.install(version, sha, source);
  environment.setWeights({ [version]: 100 }, null);
  preview.awake = true;
}
