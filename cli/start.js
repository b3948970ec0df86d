// Starts the program under Node 24. Node refuses to strip types below node_modules, where an installed copy lies.
import * as module from 'node:module';

if (import.meta.url.includes('/node_modules/')) stripTypesOfInstalledCopy();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));

function stripTypesOfInstalledCopy() {
  const root = new URL('..', import.meta.url).href;
  const warn = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    if (!String(warning).includes('stripTypeScriptTypes')) warn.call(process, warning, ...rest);
  };
  module.registerHooks({
    load(url, context, next) {
      const isOurs = url.startsWith(root) && !url.slice(root.length).startsWith('node_modules/');
      if (!isOurs || !url.endsWith('.ts')) return next(url, context);
      const { source } = next(url, { ...context, format: 'module' });
      return { format: 'module', source: module.stripTypeScriptTypes(String(source)), shortCircuit: true };
    },
  });
}
