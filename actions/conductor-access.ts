import { setTimeout as pause } from 'node:timers/promises';
import { audienceOf } from '../adapters/actions-runner/conductor-address.ts';
import { requestOidcToken } from '../adapters/actions-runner/oidc-token.ts';
import type { PatientPorts } from '../adapters/actions-runner/patience.ts';
import { maskCommand } from '../adapters/actions-runner/workflow-commands.ts';
import type { ActionRun } from './action-run.ts';

/** How a job reaches the Conductor, and waits for it. */
export const patience: PatientPorts = { fetch, pause, now: () => performance.now() };

/** A fresh token for each request to the Conductor, masked before anything can print it. */
export async function tokenOf({ env, inputs }: Pick<ActionRun, 'env' | 'inputs'>): Promise<string> {
  const token = await requestOidcToken(env, audienceOf(inputs.conductorUrl));
  console.log(maskCommand(token));
  return token;
}
