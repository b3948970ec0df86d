import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type BuildOptions, build, type Loader, type Metafile, type Plugin } from 'esbuild';

/**
 * Keeps what a run loads at once in one file. Left to itself, the bundler makes a file of every set of modules that
 * the start shares with one or another lazy part, and each costs every run about a millisecond to find and compile.
 * Here every lazy part imports what the start imports, so that all of them share one and the same set; nothing more
 * is loaded by it, because the start is there before any of them.
 *
 * @param options what the action will be bundled with: it is bundled once before, to see who imports what.
 */
export async function startInOneFile(root: string, entry: string, options: BuildOptions): Promise<Plugin> {
  const { metafile } = await build({
    ...options,
    entryPoints: [entry],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const { start, lazy } = partsOf(metafile, root, entry);
  const imports = start.map((path) => `import ${JSON.stringify(path)};\n`).join('');
  return {
    name: 'start-in-one-file',
    setup(builder) {
      builder.onLoad({ filter: /\.(ts|js|mjs)$/ }, async ({ path }) => {
        if (!lazy.has(path)) return undefined;
        return {
          contents: `${await readFile(path, 'utf8')}\n${imports}`,
          loader: loaders[extname(path)] ?? 'js',
        };
      });
    },
  };
}

const loaders: Readonly<Record<string, Loader>> = { '.ts': 'ts' };

interface Parts {
  /** What the entry imports by itself. */
  readonly start: readonly string[];
  /** What is imported lazily, and not at the start too. */
  readonly lazy: ReadonlySet<string>;
}

function partsOf({ inputs }: Metafile, root: string, entry: string): Parts {
  const importsOf = (path: string, lazily: boolean): string[] =>
    (inputs[path]?.imports ?? []).flatMap((one) =>
      !one.external && (one.kind === 'dynamic-import') === lazily ? [one.path] : [],
    );
  const paths = Object.keys(inputs);
  const first = paths.filter((path) => join(root, path) === entry);
  const atOnce = new Set(first);
  for (const path of atOnce) for (const next of importsOf(path, false)) atOnce.add(next);
  const lazy = paths.flatMap((path) => importsOf(path, true)).filter((path) => !atOnce.has(path));
  return {
    start: first.flatMap((path) => importsOf(path, false)).map((path) => join(root, path)),
    lazy: new Set(lazy.map((path) => join(root, path))),
  };
}
