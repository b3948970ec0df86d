import type { CliWorld } from './command.ts';

/** With `CONDUCTOR_TOKEN` (the Conductor's `READ_TOKEN`) commands read from a Conductor that asks who they are. */
export function conductorHeaders({ env }: Pick<CliWorld, 'env'>): Record<string, string> {
  const token = env.CONDUCTOR_TOKEN;
  return { accept: 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
}
