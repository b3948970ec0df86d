import { checkConfig, configPath } from '../../core/config/parse.ts';
import type { GateIo } from '../../core/gate/gate.ts';
import type { FileTree } from '../../core/ports/system.ts';
import type { PolicyFacts } from './facts.ts';
import type { PolicyOptions } from './options.ts';
import { parseWorkflow } from './workflow.ts';

/** Where GitHub looks for owners, in its order. */
const codeownersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** Reads the repository's own rules of release. */
export async function collectPolicy(options: PolicyOptions, io: GateIo): Promise<PolicyFacts> {
  const workflows = [];
  for (const path of await io.files.list(options.workflows)) {
    const text = await readText(io.files, path);
    if (text !== null) workflows.push(parseWorkflow(path, text));
  }
  const paths = [...workflows.map((read) => (read.ok ? read.workflow.path : read.path)), configPath];
  return {
    workflows,
    config: await readConfig(io.files),
    codeowners: await readCodeowners(io.files),
    changed: io.baseFiles === undefined ? null : await changedPaths(paths, io.files, io.baseFiles),
    configPath,
  };
}

async function readConfig(files: FileTree): Promise<PolicyFacts['config']> {
  const text = await readText(files, configPath);
  if (text === null) return { state: 'missing' };
  const checked = checkConfig(text);
  return checked.ok
    ? { state: 'valid', config: checked.config }
    : { state: 'invalid', problems: checked.problems };
}

async function readCodeowners(files: FileTree): Promise<PolicyFacts['codeowners']> {
  for (const path of codeownersPaths) {
    const text = await readText(files, path);
    if (text !== null) return { path, text };
  }
  return null;
}

async function changedPaths(
  paths: readonly string[],
  files: FileTree,
  base: FileTree,
): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  for (const path of paths) {
    if ((await readText(files, path)) !== (await readText(base, path))) changed.add(path);
  }
  return changed;
}

async function readText(files: FileTree, path: string): Promise<string | null> {
  const bytes = await files.read(path);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}
