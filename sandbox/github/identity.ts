import { createPublicKey, randomBytes } from 'node:crypto';
import { decodeJwt, jwtVerify } from 'jose';
import { GithubRefusal } from './refusal.ts';

export type Permissions = Readonly<Record<string, string>>;

/** Who calls. `login` is the name under which GitHub shows what they did. */
export type Identity =
  | { readonly kind: 'anonymous'; readonly login: string }
  | { readonly kind: 'user'; readonly login: string; readonly token: string }
  /** An App by its JWT: may only ask about itself. */
  | { readonly kind: 'app'; readonly login: string; readonly appId: number; readonly token: string }
  | {
      readonly kind: 'installation';
      readonly login: string;
      readonly appId: number;
      readonly permissions: Permissions;
      readonly token: string;
    }
  /** A workflow job by its `GITHUB_TOKEN`. */
  | {
      readonly kind: 'job';
      readonly login: string;
      readonly appId: number;
      readonly permissions: Permissions;
      readonly repository: string;
      readonly runId: number;
    };

/** The id of the app "GitHub Actions" on github.com. */
export const actionsAppId = 15368;

export interface RegisteredApp {
  readonly appId: number;
  readonly slug: string;
  readonly name: string;
  readonly privateKeyPem: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
}

/** Everybody who has a token, and how a token is told apart. */
export class Identities {
  readonly #apps = new Map<number, RegisteredApp>();
  readonly #byToken = new Map<string, Identity>();

  registerApp(app: RegisteredApp): void {
    this.#apps.set(app.appId, app);
  }

  registerUser(login: string, token: string): void {
    this.#byToken.set(token, { kind: 'user', login, token });
  }

  /** Another token of somebody who has one. */
  registerSignIn(login: string, token: string): void {
    const known = [...this.#byToken.values()].find((who) => who.kind === 'user' && who.login === login);
    if (known !== undefined) this.#byToken.set(token, known);
  }

  /** Remembers a token that emulate has issued to an installation. */
  registerInstallation(token: string, appId: number, permissions: Permissions): void {
    const login = `${this.app(appId).slug}[bot]`;
    this.#byToken.set(token, { kind: 'installation', login, appId, permissions, token });
  }

  issueJobToken(repository: string, runId: number, permissions: Permissions): string {
    const token = `ghs_${randomBytes(24).toString('base64url')}`;
    this.#byToken.set(token, {
      kind: 'job',
      login: 'github-actions[bot]',
      appId: actionsAppId,
      permissions: { metadata: 'read', ...permissions },
      repository,
      runId,
    });
    return token;
  }

  app(appId: number): RegisteredApp {
    const app = this.#apps.get(appId);
    if (app === undefined) throw new Error(`the sandbox has no app ${appId}`);
    return app;
  }

  apps(): readonly RegisteredApp[] {
    return [...this.#apps.values()];
  }

  /** Throws 401 for a token or a JWT that nobody has issued. */
  async identify(authorization: string | undefined): Promise<Identity> {
    if (authorization === undefined) return { kind: 'anonymous', login: 'anonymous' };
    const token = authorization.replace(/^(bearer|token)\s+/i, '').trim();
    const known = this.#byToken.get(token);
    if (known !== undefined) return known;
    if (token.split('.').length === 3) return this.#identifyApp(token);
    throw new GithubRefusal(401, 'Bad credentials');
  }

  async #identifyApp(token: string): Promise<Identity> {
    try {
      // Clients write the issuer as a number or as text.
      const app = this.#apps.get(Number(decodeJwt(token).iss));
      if (app === undefined) throw new Error('nobody registered this app');
      await jwtVerify(token, createPublicKey(app.privateKeyPem), {
        algorithms: ['RS256'],
        clockTolerance: 60,
      });
      return { kind: 'app', login: app.slug, appId: app.appId, token };
    } catch {
      throw new GithubRefusal(401, 'A JSON web token could not be decoded');
    }
  }
}

/** Who calls, and what a token that nobody has issued is answered with. */
export async function callerOf(
  identities: Identities | undefined,
  authorization: string | undefined,
): Promise<{ readonly who: Identity; readonly refusal: GithubRefusal | null }> {
  const unknown = { kind: 'anonymous', login: 'unknown' } as const;
  if (identities === undefined) return { who: unknown, refusal: null };
  try {
    return { who: await identities.identify(authorization), refusal: null };
  } catch (error) {
    if (!(error instanceof GithubRefusal)) throw error;
    return { who: unknown, refusal: error };
  }
}

/** The app behind an identity, or null for people. */
export function appIdOf(who: Identity): number | null {
  return who.kind === 'installation' || who.kind === 'job' ? who.appId : null;
}
