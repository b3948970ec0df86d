import { join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

const library = '@neo4j-cypher/language-support';
const file = 'cypher.js';

/** What the migrations gate uses of the library: with everything else it would be twenty megabytes. */
const used = ['parseStatementsStrs', 'getDebugTree', 'lintCypherQuery', 'isNotParamError'];

/**
 * Neo4j's parser is larger than everything else together. It is a file beside the migrations gate, read when there is
 * Cypher to read; every other bundle that may need it refers to that one.
 */
export function cypherApart(action: string, home: string): Plugin {
  const folder = relative(join(action, 'dist'), join(home, 'dist')).replaceAll('\\', '/');
  const path = `${folder === '' ? '.' : folder}/${file}`;
  return {
    name: 'cypher-apart',
    setup(builder) {
      builder.onResolve({ filter: /^@neo4j-cypher\/language-support$/ }, () => ({ path, external: true }));
    },
  };
}

/** The file itself. The names of its functions are nobody's: kept, they would make it half as large again. */
export async function bundleCypher(
  root: string,
): Promise<{ readonly name: string; readonly contents: Uint8Array; readonly metafile: Metafile }> {
  const result = await build({
    stdin: { contents: `export { ${used.join(', ')} } from '${library}';`, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    write: false,
    outdir: root,
  });
  const contents = result.outputFiles[0]?.contents;
  if (contents === undefined) throw new Error(`esbuild made nothing of ${library}`);
  return { name: file, contents, metafile: result.metafile };
}
