import type { SandboxUser } from '../contract.ts';
import { introduceBot, mintInstallationToken, type StartedEmulator } from './emulator.ts';
import { Events } from './events.ts';
import { Git } from './git.ts';
import type { Github } from './github.ts';
import { actionsAppId, Identities, type Permissions } from './identity.ts';
import type { Journal } from './journal.ts';
import type { GithubKeys } from './keys.ts';
import { OidcIssuer } from './oidc.ts';
import type { OpenApiCheck } from './openapi-check.ts';
import type { GithubOptions } from './options.ts';
import { Payloads } from './payloads.ts';
import type { Team } from './records.ts';
import { readSeedFiles, writeFirstCommit } from './seed.ts';
import type { ApiServer } from './server.ts';
import { Upstream } from './upstream.ts';
import { Webhooks } from './webhooks.ts';
import { RepositoryState, World } from './world.ts';

export interface AppSettings {
  readonly appId: number;
  readonly slug: string;
  readonly name: string;
  readonly installationId: number;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly webhookSecret: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Puts the parts together, around a started emulator and a listening server, and seeds the organisation. */
export async function assemble(
  options: GithubOptions,
  parts: {
    readonly server: ApiServer;
    readonly emulator: StartedEmulator;
    readonly users: readonly SandboxUser[];
    readonly app: AppSettings;
    readonly repository: { readonly name: string; readonly defaultBranch: string };
    readonly journal: Journal;
    readonly check: OpenApiCheck | null;
    readonly keys: GithubKeys;
  },
): Promise<Github> {
  const { server, emulator, users, app, journal, check, keys } = parts;
  const { organisation } = options;
  const { url } = server;
  const fullName = `${organisation}/${parts.repository.name}`;

  const identities = new Identities();
  identities.registerApp({ ...app, privateKeyPem: keys.appPem });
  identities.registerApp({
    appId: actionsAppId,
    slug: 'github-actions',
    name: 'GitHub Actions',
    privateKeyPem: keys.appPem,
    permissions: {},
    events: [],
  });
  for (const { login, token } of users) identities.registerUser(login, token);

  const { origin } = emulator;
  const actionsToken = await mintInstallationToken(origin, actionsAppId, actionsAppId, keys.appPem);
  const appToken = await mintInstallationToken(origin, app.appId, app.installationId, keys.appPem);
  await introduceBot(origin, fullName, actionsToken);
  await introduceBot(origin, fullName, appToken);

  const tokens = new Map(users.map(({ login, token }) => [login, token]));
  const upstream = new Upstream({
    origin,
    publicUrl: url,
    ownTokens: emulator.ownTokens,
    tokenOfOwner: (owner) => tokens.get(owner) ?? null,
    actionsToken,
  });
  const git = new Git(upstream);
  const { installationId } = app;
  const payloads = new Payloads({ upstream, identities, url, organisation, installationId });
  const webhooks = new Webhooks({ secret: app.webhookSecret, hookId: 1, appId: app.appId });
  const events = new Events({
    payloads,
    identities,
    webhooks,
    installation: { id: installationId, appId: app.appId },
    isSuspended: () => world.isSuspended,
    inspect: (event, payload) => {
      if (check !== null) journal.note('webhook', event, 'sandbox', check.checkPayload(event, payload));
    },
  });
  const world = await populate(options, upstream, git, fullName, parts.repository.defaultBranch);
  const oidc = new OidcIssuer(url, keys.oidc);
  const now = (): string => new Date().toISOString();
  const oauth = { clientId: app.clientId, clientSecret: app.clientSecret, codes: new Map() };
  return {
    url,
    world,
    identities,
    upstream,
    git,
    payloads,
    events,
    webhooks,
    oidc,
    installationId,
    users,
    oauth,
    now,
  };
}

async function populate(
  options: GithubOptions,
  upstream: Upstream,
  git: Git,
  fullName: string,
  defaultBranch: string,
): Promise<World> {
  const world = new World(options.organisation);
  for (const { login, role } of options.users) world.roles.set(login, role);
  for (const { slug, members, pending = [] } of options.teams ?? []) {
    const team: Team = { id: world.nextId(), slug, name: slug, members: new Map() };
    for (const login of members) team.members.set(login, { role: 'member', state: 'active' });
    for (const login of pending) team.members.set(login, { role: 'member', state: 'pending' });
    world.teams.set(slug, team);
  }
  const { id } = await upstream.get<{ id: number }>(`/repos/${fullName}`);
  world.addRepository(new RepositoryState({ fullName, id, defaultBranch }));
  await writeFirstCommit(git, fullName, defaultBranch, await readSeedFiles(options.repository.files));
  return world;
}
