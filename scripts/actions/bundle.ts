import { glob, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface ActionSource {
  readonly entry: string;
  readonly dist: string;
}

/** Every action: a folder with an `index.ts`, and the one that runs any set of gates. */
export async function findActions(): Promise<ActionSource[]> {
  const entries: string[] = [];
  for await (const path of glob('actions/{index.ts,*/index.ts}', { cwd: root })) entries.push(path);
  return entries.sort().map((path) => ({ entry: join(root, path), dist: join(root, dirname(path), 'dist') }));
}

/**
 * Bundles one action into a folder: `index.js`, the licences of what it contains, and the parser's WebAssembly
 * where it is used. The same sources give the same bytes on every machine. Lazily imported parts are files of their own,
 * read when they are needed. Returns the size of the script in bytes.
 */
export async function bundleAction(entry: string, dist: string): Promise<{ bytes: number }> {
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
    banner: { js: commonJsNames },
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    keepNames: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    write: false,
    outdir: dist,
    plugins: [englishOnly, withoutNativePostgres],
    logLevel: 'warning',
  });
  const script = result.outputFiles.find(({ path }) => path === join(dist, 'index.js'));
  if (script === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  await mkdir(dist, { recursive: true });
  for (const { path, contents } of result.outputFiles) await writeFile(path, contents);
  await writeFile(join(dist, 'package.json'), '{ "type": "module" }\n');
  const packages = packagesIn(result.metafile);
  await writeFile(join(dist, 'licenses.txt'), await licensesOf(packages));
  if (packages.includes('libpg-query')) {
    const wasm = 'libpg-query.wasm';
    await writeFile(join(dist, wasm), await readFile(join(root, 'node_modules/libpg-query/wasm', wasm)));
  }
  return { bytes: script.contents.byteLength };
}

/** What CommonJS packages expect to find around them; Emscripten looks for its `.wasm` in `__dirname`. */
const commonJsNames = [
  "import{createRequire as __createRequire}from'node:module';",
  "import{fileURLToPath as __pathOf}from'node:url';",
  'const require=__createRequire(import.meta.url),',
  "__filename=__pathOf(import.meta.url),__dirname=__pathOf(new URL('.',import.meta.url));",
].join('');

/** zod carries its messages in fifty languages; ours are English. Saves 300 KB a bundle. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup(builder) {
    builder.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
      loader: 'js',
    }));
  },
};

/** `pg` asks for its optional C binding inside a try block: it is not part of any bundle. */
const withoutNativePostgres: Plugin = {
  name: 'without-native-postgres',
  setup(builder) {
    builder.onResolve({ filter: /^pg-native$/ }, () => ({ path: 'pg-native', external: true }));
  },
};

function packagesIn(metafile: Metafile): string[] {
  const names = Object.keys(metafile.inputs).flatMap(
    (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  );
  return [...new Set(names)].sort();
}

async function licensesOf(packages: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    packages.map(async (name) => {
      const folder = join(root, 'node_modules', name);
      const { license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
        license?: string;
      };
      const file = (await readdir(folder)).sort().find((one) => /^licen[cs]e(\.\w+)?$/i.test(one));
      const text =
        file === undefined ? `${license ?? 'unknown licence'}\n` : await readFile(join(folder, file), 'utf8');
      return `${name}\n${'-'.repeat(name.length)}\n${text.replaceAll('\r\n', '\n').trim()}\n`;
    }),
  );
  return parts.join('\n');
}
