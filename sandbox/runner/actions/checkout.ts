import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { InputError, ProviderError } from '../../../core/errors.ts';
import type { JobRuntime, StepExecution } from '../job/runtime.ts';
import type { StepLog } from '../job/step-log.ts';

/** Inputs of `actions/checkout` that make no difference here: the sandbox keeps no git folder and no credentials. */
const withoutEffect = ['token', 'persist-credentials', 'fetch-depth', 'fetch-tags', 'clean', 'show-progress'];

/**
 * The built-in form of `actions/checkout`: the files of one commit, without a `.git` folder. Knows `repository`
 * (this one only), `ref` and `path`; any other input that would change the result is an error.
 */
export async function checkout(
  runtime: JobRuntime,
  inputs: Readonly<Record<string, string>>,
  log: StepLog,
): Promise<StepExecution> {
  refuseUnknown(runtime, inputs);
  const commit = await resolveCommit(runtime, inputs.ref ?? '');
  const { workspace } = runtime.directories;
  const target = resolve(workspace, inputs.path ?? '');
  if (relative(workspace, target).startsWith('..')) {
    throw new InputError(
      'checkout-outside',
      `checkout path "${inputs.path}" leaves the workspace`,
      'correct it',
    );
  }
  await mkdir(target, { recursive: true });
  for (const entry of await readdir(target)) await rm(join(target, entry), { recursive: true });
  await cp(await runtime.snapshots.directoryOf(runtime.repository, commit), target, { recursive: true });
  log.note(`Checked out ${runtime.repository} at ${commit}`);
  return { succeeded: true, outputs: { ref: inputs.ref ?? '', commit } };
}

function refuseUnknown(runtime: JobRuntime, inputs: Readonly<Record<string, string>>): void {
  const known = ['repository', 'ref', 'path', ...withoutEffect];
  for (const [name, value] of Object.entries(inputs)) {
    const isOff = value === '' || value === 'false';
    if (!known.includes(name) && !isOff) {
      throw new InputError(
        'checkout-input',
        `actions/checkout: the input "${name}" is not supported by the sandbox's runner`,
        `remove it; known are ${known.join(', ')}`,
      );
    }
  }
  const repository = inputs.repository ?? runtime.repository;
  if (repository !== runtime.repository && repository !== '') {
    throw new InputError(
      'checkout-repository',
      `actions/checkout: "${repository}" is another repository than ${runtime.repository}`,
      'remove the input `repository`',
    );
  }
}

async function resolveCommit(runtime: JobRuntime, ref: string): Promise<string> {
  const { sha, ref: eventRef, ref_name: name } = runtime.contexts.github as Record<string, string>;
  if (ref === '' || ref === eventRef || ref === name) return sha ?? '';
  if (/^[0-9a-f]{40}$/.test(ref)) return ref;
  const url = `${runtime.github.apiUrl}/repos/${runtime.repository}/commits/${encodeURIComponent(ref)}`;
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${runtime.token}`, accept: 'application/vnd.github+json' },
    signal: runtime.closing,
  });
  if (!answer.ok) {
    throw new ProviderError(
      'ref-unknown',
      `actions/checkout: GitHub answered ${answer.status} for the ref "${ref}"`,
      'name a branch, a tag or a full commit id that exists',
      { retryable: answer.status >= 500 },
    );
  }
  return ((await answer.json()) as { sha: string }).sha;
}
