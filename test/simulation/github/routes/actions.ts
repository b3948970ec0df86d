import { createHash } from 'node:crypto';
import { isTooOld, repositoryName } from '../repository.ts';
import { type Routes, refusal, required } from './asked.ts';

/** Workflow runs and what they uploaded. */
export const actionsRoutes: Routes = {
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': ({ repository, parameters }) => {
    const run = required(repository.runs.find(({ id }) => id === parameters.run_id));
    return {
      head_sha: run.sha,
      head_branch: run.branch,
      event: run.event,
      path: '.github/workflows/gates.yml',
      run_attempt: run.attempt,
      status: run.status,
      run_started_at: new Date(run.startedAt).toISOString(),
      created_at: new Date(run.createdAt).toISOString(),
      repository: { full_name: repositoryName },
      head_repository: { full_name: run.head },
    };
  },
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun': ({ repository, parameters }) => {
    const run = required(repository.runs.find(({ id }) => id === parameters.run_id));
    if (run.status !== 'completed') throw refusal(403, 'This workflow is already running');
    if (isTooOld(run))
      throw refusal(403, 'Unable to retry this workflow run: it was created over a month ago');
    run.again();
    return {};
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts': ({ repository, parameters }) => ({
    artifacts: repository.artifacts
      .filter(({ run }) => run === parameters.run_id)
      .map(({ id, createdAt, zip }) => ({
        id,
        name: 'release-conductor',
        size_in_bytes: zip.byteLength,
        digest: `sha256:${createHash('sha256').update(zip).digest('hex')}`,
        expired: false,
        created_at: new Date(createdAt).toISOString(),
      })),
  }),
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}': ({
    repository,
    parameters,
  }) => {
    const { zip } = required(repository.artifacts.find(({ id }) => id === parameters.artifact_id));
    return Uint8Array.from(zip).buffer;
  },
};
