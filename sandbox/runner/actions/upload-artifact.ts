import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix, relative, resolve } from 'node:path';
import { writeZip } from '../../../adapters/zip/write-zip.ts';
import { InputError } from '../../../core/errors.ts';
import type { ArchiveEntry } from '../../../core/ports/archive.ts';
import type { JobRuntime, StepExecution } from '../job/runtime.ts';
import type { StepLog } from '../job/step-log.ts';

const known = ['name', 'path', 'if-no-files-found'];
/** Inputs of `actions/upload-artifact` that make no difference here. */
const withoutEffect = ['retention-days', 'compression-level', 'overwrite', 'include-hidden-files'];

/**
 * The built-in form of `actions/upload-artifact`: one file or one folder, whose files stand in the artifact by their
 * paths in it. Patterns and several paths are an error.
 */
export async function uploadArtifact(
  runtime: JobRuntime,
  inputs: Readonly<Record<string, string>>,
  log: StepLog,
): Promise<StepExecution> {
  const unknown = Object.keys(inputs).find((name) => ![...known, ...withoutEffect].includes(name));
  if (unknown !== undefined) throw unsupported(`the input "${unknown}"`, `known are ${known.join(', ')}`);
  const path = (inputs.path ?? '').trim();
  if (path === '' || /[*?![\]\n]/.test(path)) {
    throw unsupported(`the path ${JSON.stringify(path)}`, 'name one file or one folder');
  }
  const entries = await entriesOf(resolve(runtime.directories.workspace, path));
  if (entries.length === 0) return withoutFiles(path, inputs['if-no-files-found'] ?? 'warn', log);
  const pieces: Uint8Array[] = [];
  for await (const piece of writeZip(entries)) pieces.push(piece.slice());
  const { run_id: runId } = runtime.contexts.github as Record<string, string>;
  const name = inputs.name || 'artifact';
  await runtime.github.uploadArtifact(runtime.repository, Number(runId), name, Buffer.concat(pieces));
  log.note(`Artifact ${name} has been uploaded: ${entries.length} files`);
  return { succeeded: true, outputs: {} };
}

async function entriesOf(path: string): Promise<readonly ArchiveEntry[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) return [];
  if (found.isFile()) return [{ path: posix.basename(path), content: await readFile(path) }];
  const files = await readdir(path, { recursive: true, withFileTypes: true });
  return Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async ({ parentPath, name }) => ({
        path: relative(path, join(parentPath, name)),
        content: await readFile(join(parentPath, name)),
      })),
  );
}

function withoutFiles(path: string, what: string, log: StepLog): StepExecution {
  if (what === 'error') log.fail(`No files were found with the provided path: ${path}`);
  else if (what === 'warn') log.line(`::warning::No files were found with the provided path: ${path}`);
  return { succeeded: what !== 'error', outputs: {} };
}

function unsupported(what: string, help: string): InputError {
  return new InputError(
    'upload-artifact-input',
    `actions/upload-artifact: ${what} is not supported by the sandbox's runner`,
    help,
  );
}
