import { z } from 'zod';
import { previewUrl } from '../../core/preview/url.ts';
import { eventHandler, ignored } from './event-handler.ts';

const states = ['queued', 'pending', 'in_progress', 'success', 'failure', 'error', 'inactive'] as const;
const payloadSchema = z.object({ schema_version: z.literal(1), release: z.string() });

/**
 * The pipeline reports on a deployment that we asked for. The only event that also counts when an app sent it:
 * pipelines are apps.
 */
export const deploymentStatus = eventHandler({
  event: 'deployment_status',
  payload: z.object({
    deployment_status: z.object({
      state: z.string(),
      description: z.string().nullish(),
      environment_url: z.string().nullish(),
    }),
    deployment: z.object({
      id: z.int(),
      environment: z.string(),
      payload: z.unknown(),
      creator: z.object({ login: z.string() }).nullish(),
    }),
  }),
  read({ deployment, deployment_status: status }, { forge, repository }) {
    if (deployment.creator?.login !== `${forge.appSlug}[bot]`) return ignored("another app's deployment");
    const pullRequest = previewOf(deployment.environment);
    if (pullRequest !== null) {
      const ref = { kind: 'preview', repository, key: `pr/${pullRequest}` } as const;
      const event = {
        type: 'preview.reported',
        deploymentId: deployment.id,
        state: status.state,
        url: previewUrl(status.environment_url),
      } as const;
      return { outcome: 'preview reported', events: [{ ref, event }] };
    }
    const payload = payloadSchema.safeParse(asObject(deployment.payload));
    if (!payload.success) return ignored('not a release deployment');
    const state = states.find((known) => known === status.state);
    if (state === undefined) return ignored('an unknown state');
    const ref = { kind: 'release', repository, key: payload.data.release } as const;
    const event = {
      type: 'deployment.reported',
      deploymentId: deployment.id,
      environment: deployment.environment,
      state,
      description: (status.description ?? '').slice(0, 500),
    } as const;
    return { outcome: 'deployment reported', events: [{ ref, event }] };
  },
});

/** The pull request of a preview's environment. */
function previewOf(environment: string): number | null {
  const number = /^preview\/pr-(\d{1,9})$/.exec(environment)?.[1];
  return number === undefined ? null : Number(number);
}

/** GitHub gives the payload back as an object or as the text that was sent, depending on how it was sent. */
function asObject(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload;
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}
