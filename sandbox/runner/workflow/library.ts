import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** GitHub's own parser of workflow files, with the parts that this runner uses. */
export interface ParserLibrary {
  readonly parser: typeof import('@actions/workflow-parser');
  readonly actions: typeof import('@actions/workflow-parser/actions/index');
}

let library: Promise<ParserLibrary> | undefined;

/**
 * Loads `@actions/workflow-parser` once. Its ES modules import their JSON schemas without an import attribute,
 * which Node refuses: a load hook, limited to those files, serves them as modules.
 */
export function loadParserLibrary(): Promise<ParserLibrary> {
  library ??= importLibrary();
  return library;
}

async function importLibrary(): Promise<ParserLibrary> {
  const hook = registerHooks({
    load(url, context, nextLoad) {
      if (!/\/@actions\/workflow-parser\/dist\/[\w.-]+\.json$/.test(url)) return nextLoad(url, context);
      const source = `export default ${readFileSync(fileURLToPath(url), 'utf8')};`;
      return { format: 'module', source, shortCircuit: true };
    },
  });
  try {
    return {
      parser: await import('@actions/workflow-parser'),
      actions: await import('@actions/workflow-parser/actions/index'),
    };
  } finally {
    hook.deregister();
  }
}
