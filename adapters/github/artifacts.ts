import { z } from 'zod';
import type { Forge } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';

const artifactSchema = z.object({
  id: z.int(),
  name: z.string(),
  size_in_bytes: z.number(),
  digest: z.string().nullish(),
  expired: z.boolean(),
  created_at: z.string().nullable(),
});

/** What the jobs of a run uploaded. */
export function artifactMethods(github: GithubClient): Pick<Forge, 'listArtifacts' | 'downloadArtifact'> {
  return {
    listArtifacts: async (runId) => {
      const found = await github.list(
        'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
        { run_id: runId },
        artifactSchema,
        { member: 'artifacts' },
      );
      return found.map(({ id, name, size_in_bytes: size, digest, expired, created_at: createdAt }) => ({
        id,
        name,
        size,
        sha256: /^sha256:([0-9a-f]{64})$/.exec(digest ?? '')?.[1] ?? null,
        expired,
        createdAt: Date.parse(createdAt ?? ''),
      }));
    },

    downloadArtifact: async (artifactId) =>
      new Uint8Array(
        await github.send(
          'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
          { artifact_id: artifactId, archive_format: 'zip' },
          z.instanceof(ArrayBuffer),
        ),
      ),
  };
}
