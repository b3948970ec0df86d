import type { SandboxUser } from '../contract.ts';
import type { Events } from './events.ts';
import type { Git } from './git.ts';
import type { Identities } from './identity.ts';
import type { OidcIssuer } from './oidc.ts';
import type { Payloads } from './payloads.ts';
import type { Upstream } from './upstream.ts';
import type { Webhooks } from './webhooks.ts';
import type { World } from './world.ts';

/** The App as people sign in with it, and the codes that were given out. */
export interface SignInState {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly codes: Map<
    string,
    { readonly login: string; readonly redirect: string; readonly challenge: string | null }
  >;
}

/** The parts of the local GitHub that a route may use. */
export interface Github {
  /** Address of the API, without a slash at its end. */
  readonly url: string;
  readonly world: World;
  readonly identities: Identities;
  readonly upstream: Upstream;
  readonly git: Git;
  readonly payloads: Payloads;
  readonly events: Events;
  readonly webhooks: Webhooks;
  readonly oidc: OidcIssuer;
  readonly installationId: number;
  readonly users: readonly SandboxUser[];
  readonly oauth: SignInState;
  now(): string;
}
