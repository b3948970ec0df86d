import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bundleAction, findActions, root } from './actions/bundle.ts';
import { updateReadmes } from './actions/readme.ts';

/**
 * Bundles every action into its committed `dist/` folder and writes the tables of the gates' READMEs. With `--check`
 * nothing is written: each is made again and compared byte for byte with what is committed.
 */
async function main(): Promise<number> {
  const actions = await findActions();
  if (process.argv.includes('--check')) return check(actions);
  for (const { entry, dist } of actions) {
    await rm(dist, { recursive: true, force: true });
    const { bytes } = await bundleAction(entry, dist);
    console.log(`${relative(root, dist)}: ${Math.round(bytes / 1024)} KiB`);
  }
  const missing = await updateReadmes(false);
  for (const problem of missing) console.error(problem);
  return missing.length > 0 ? 1 : 0;
}

async function check(actions: Awaited<ReturnType<typeof findActions>>): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), 'check-dist-'));
  try {
    const differences = await updateReadmes(true);
    for (const [index, { entry, dist }] of actions.entries()) {
      const fresh = join(scratch, String(index));
      await bundleAction(entry, fresh);
      differences.push(...(await compareFolders(dist, fresh)));
    }
    for (const difference of differences) console.error(difference);
    if (differences.length > 0) console.error('Run `npm run build` and commit what it writes.');
    else
      console.log(`${actions.length} bundles, and the tables of the READMEs, are what their sources make.`);
    return differences.length > 0 ? 1 : 0;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function compareFolders(committed: string, fresh: string): Promise<string[]> {
  const [old, made] = await Promise.all([filesOf(committed), filesOf(fresh)]);
  const name = (file: string): string => relative(root, join(committed, file));
  const stale = [...old.keys()]
    .filter((file) => !made.has(file))
    .map((file) => `${name(file)}: no source makes it`);
  const changed = [...made].flatMap(([file, bytes]) => {
    const before = old.get(file);
    if (before === undefined) return [`${name(file)}: missing`];
    return before.equals(bytes) ? [] : [`${name(file)}: differs from what the sources make`];
  });
  return [...stale, ...changed];
}

async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const names = await readdir(folder).catch(() => []);
  return new Map(
    await Promise.all(names.map(async (file) => [file, await readFile(join(folder, file))] as const)),
  );
}

process.exitCode = await main();
