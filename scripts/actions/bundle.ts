import { glob, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { bundleCypher, cypherApart } from './cypher.ts';
import { readSources } from './sources.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const migrations = join(root, 'actions/migrations');

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
 * read when they are needed. Returns the size of its scripts in bytes.
 */
export async function bundleAction(entry: string, dist: string): Promise<{ bytes: number }> {
  const options = optionsFor(entry, dist);
  const sources = await readSources(root, entry, options);
  const result = await build({
    ...options,
    entryPoints: [entry],
    metafile: true,
    write: false,
    plugins: [sources, ...(options.plugins ?? [])],
  });
  await mkdir(dist, { recursive: true });
  for (const { path, text } of result.outputFiles) await writeFile(path, withNames(text));
  await writeFile(join(dist, 'package.json'), '{ "type": "module" }\n');
  const cypher = dirname(entry) === migrations ? await bundleCypher(root) : null;
  if (cypher !== null) await writeFile(join(dist, cypher.name), cypher.contents);
  const packages = packagesIn(result.metafile, ...(cypher === null ? [] : [cypher.metafile]));
  await writeFile(join(dist, 'licenses.txt'), await licensesOf(packages));
  if (packages.includes('libpg-query')) {
    const wasm = 'libpg-query.wasm';
    await writeFile(join(dist, wasm), await readFile(join(root, 'node_modules/libpg-query/wasm', wasm)));
  }
  return { bytes: result.outputFiles.reduce((sum, { contents }) => sum + contents.byteLength, 0) };
}

function optionsFor(entry: string, dist: string) {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
    mainFields: ['module', 'main'],
    alias: { yaml: plainYaml },
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    keepNames: true,
    legalComments: 'none',
    charset: 'utf8',
    outdir: dist,
    plugins: [englishOnly, withoutNativePostgres, cypherApart(dirname(entry), migrations)],
    logLevel: 'warning',
  } satisfies BuildOptions;
}

/** The same source as what Node would load, as modules: half the time to load, and only what is used of it. */
const plainYaml = join(root, 'node_modules/yaml/browser/dist/index.js');

/** What CommonJS packages expect to find around them; Emscripten looks for its `.wasm` in `__dirname`. */
const commonJsNames = [
  "import{createRequire as __createRequire}from'node:module';",
  "import{fileURLToPath as __pathOf}from'node:url';",
  'const require=__createRequire(import.meta.url),',
  "__filename=__pathOf(import.meta.url),__dirname=__pathOf(new URL('.',import.meta.url));",
].join('');

function withNames(script: string): string {
  return /\b(require|__filename|__dirname)\b/.test(script) ? `${commonJsNames}\n${script}` : script;
}

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

function packagesIn(...metafiles: readonly Metafile[]): string[] {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const names = inputs.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const compiled = inputs.some((path) => path.includes('sbom/schemas/dist/')) ? schemaSources : [];
  return [...new Set([...names, ...compiled])].sort();
}

/** What the compiled CycloneDX schemas were made of (scripts/build-schemas.ts): their texts and the compiler's helpers. */
const schemaSources = ['@cyclonedx/cyclonedx-library', 'ajv', 'ajv-formats', 'fast-deep-equal'];

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
      const notice = await readFile(join(folder, 'NOTICE'), 'utf8').catch(() => '');
      return `${name}\n${'-'.repeat(name.length)}\n${notice}${text.replaceAll('\r\n', '\n').trim()}\n`;
    }),
  );
  return parts.join('\n');
}
