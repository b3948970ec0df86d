import { createPrivateKey, randomBytes } from 'node:crypto';
import { createEmulator } from 'emulate';
import { SignJWT } from 'jose';
import { actionsAppId, type Permissions } from './identity.ts';

/** Who reads and writes for the sandbox itself. */
const ownerLogin = 'sandbox-owner';
/** emulate allows a token 5,000 requests an hour. */
const ownTokenCount = 40;

/** What the app "GitHub Actions" may do in emulate: the extension limits each job to its own permissions. */
const actionsPermissions: Permissions = Object.fromEntries(
  [
    'actions',
    'administration',
    'checks',
    'contents',
    'deployments',
    'issues',
    'metadata',
    'pull_requests',
    'statuses',
  ].map((name) => [name, 'write']),
);

export interface EmulatorSeed {
  readonly organisation: string;
  readonly users: readonly { readonly login: string; readonly token: string }[];
  readonly repository: { readonly name: string; readonly defaultBranch: string };
  readonly app: {
    readonly appId: number;
    readonly slug: string;
    readonly name: string;
    readonly installationId: number;
    readonly permissions: Permissions;
    readonly events: readonly string[];
  };
  /** PEM of the key of every App. */
  readonly appPem: string;
}

export interface StartedEmulator {
  readonly origin: string;
  readonly ownTokens: readonly string[];
  close(): Promise<void>;
}

/** Starts emulate's GitHub on a free port, with the organisation, its people, one private repository and two apps. */
export async function startEmulator(seed: EmulatorSeed): Promise<StartedEmulator> {
  const ownTokens = Array.from({ length: ownTokenCount }, () => `sandbox_${randomBytes(16).toString('hex')}`);
  const { organisation, users, repository, app, appPem } = seed;
  const people = [ownerLogin, ...users.map(({ login }) => login)];
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: {
        ...Object.fromEntries(ownTokens.map((token) => [token, { login: ownerLogin, scopes: ['repo'] }])),
        ...Object.fromEntries(users.map(({ login, token }) => [token, { login, scopes: ['repo'] }])),
      },
      github: {
        users: people.map((login) => ({ login, email: `${login}@users.noreply.github.com` })),
        // emulate lets only administrators write: roles are the extension's business.
        orgs: [{ login: organisation, members: people.map((login) => ({ login, role: 'admin' })) }],
        repos: [
          {
            owner: organisation,
            name: repository.name,
            default_branch: repository.defaultBranch,
            private: true,
            auto_init: false,
          },
        ],
        apps: [
          appSeed(app, app.installationId, organisation, appPem),
          appSeed(
            {
              appId: actionsAppId,
              slug: 'github-actions',
              name: 'GitHub Actions',
              permissions: actionsPermissions,
              events: [],
            },
            actionsAppId,
            organisation,
            appPem,
          ),
        ],
      },
    },
  });
  return {
    origin: emulator.url,
    ownTokens,
    close: () => emulator.close(),
  };
}

function appSeed(
  app: { appId: number; slug: string; name: string; permissions: Permissions; events: readonly string[] },
  installationId: number,
  organisation: string,
  appPem: string,
): object {
  return {
    app_id: app.appId,
    private_key: appPem,
    slug: app.slug,
    name: app.name,
    permissions: app.permissions,
    events: app.events,
    installations: [{ installation_id: installationId, account: organisation, repository_selection: 'all' }],
  };
}

/** An installation token with everything that the app was granted. */
export async function mintInstallationToken(
  origin: string,
  appId: number,
  installationId: number,
  keyPem: string,
): Promise<string> {
  const jwt = await new SignJWT({})
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(String(appId))
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(createPrivateKey(keyPem));
  const response = await fetch(`${origin}/app/installations/${installationId}/access_tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${jwt}` },
  });
  if (response.status !== 201)
    throw new Error(`emulate issued no token to the app ${appId}: ${response.status}`);
  return ((await response.json()) as { token: string }).token;
}

/** emulate knows a bot only after its first write: an empty blob is the smallest. */
export async function introduceBot(origin: string, repository: string, token: string): Promise<void> {
  await fetch(`${origin}/repos/${repository}/git/blobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: '' }),
  });
}
