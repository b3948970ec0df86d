import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dryRunForge } from '../adapters/dry-run/index.ts';
import type { Forge } from '../core/ports/forge.ts';
import type { GithubAccess } from './github.ts';

/**
 * `SIMULATE=true`: reads GitHub, writes nothing to it. What would have been written is appended to
 * `simulated/<owner>+<name>.jsonl` in the data directory, one call a line.
 */
export function simulated(github: GithubAccess, dataDir: string): GithubAccess {
  const folder = join(dataDir, 'simulated');
  const forges = new Map<string, Promise<Forge>>();
  const make = async (repository: string, installationId: number | null): Promise<Forge> => {
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${repository.replace('/', '+')}.jsonl`);
    const inner = await github.forgeFor(repository, installationId);
    return dryRunForge(inner, (call) => appendFile(file, `${JSON.stringify(call)}\n`));
  };
  return {
    ...github,
    forgeFor: (repository, installationId) => {
      const forge = forges.get(repository) ?? make(repository, installationId);
      forges.set(repository, forge);
      forge.catch(() => forges.delete(repository));
      return forge;
    },
  };
}
