import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

/**
 * Reads the sources of an action so that it starts as fast as it can: what a run loads at once is one file, and of zod
 * it is what is used.
 *
 * @param options what the action will be bundled with: it is bundled once before, to see who imports what.
 */
export async function readSources(root: string, entry: string, options: BuildOptions): Promise<Plugin> {
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
    name: 'sources',
    setup(builder) {
      builder.onLoad({ filter: /\.(ts|js|mjs)$/ }, async ({ path }) => {
        const own = extname(path) === '.ts';
        if (!own && !lazy.has(path)) return undefined;
        const text = await readFile(path, 'utf8');
        return {
          contents: `${own ? zodByName(text) : text}\n${lazy.has(path) ? imports : ''}`,
          loader: own ? 'ts' : 'js',
        };
      });
    },
  };
}

/** The bundler leaves out what nobody uses of a namespace that is imported whole, not of one that is a module's export. */
function zodByName(text: string): string {
  return text.replace(/^import \{ z \} from 'zod';$/m, "import * as z from 'zod';");
}

interface Parts {
  /** What the entry imports by itself. */
  readonly start: readonly string[];
  /** What is imported lazily, and not at the start too. */
  readonly lazy: ReadonlySet<string>;
}

/**
 * Left to itself, the bundler makes a file of every set of modules that the start shares with one or another lazy part,
 * and each costs every run about a millisecond to find and compile. So every lazy part is given what the start imports:
 * then all of them share one and the same set. Nothing more is loaded by it, for the start is there before any of them.
 */
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
