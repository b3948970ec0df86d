import type { Identity } from './identity.ts';
import { type Role, roles } from './records.ts';
import { forbidden, GithubRefusal, notFound } from './refusal.ts';
import type { World } from './world.ts';

/** What an operation asks of its caller: a permission of an app's token, or a role of a person. */
export type Need =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'signed-in' }
  /** The App itself, by its JWT. */
  | { readonly kind: 'app' }
  | {
      readonly kind: 'repository';
      /** One of these permissions is enough. */
      readonly permissions: readonly string[];
      readonly level: 'read' | 'write';
      readonly role: Role;
    };

export const anyone: Need = { kind: 'anyone' };
export const signedIn: Need = { kind: 'signed-in' };
export const appItself: Need = { kind: 'app' };
export const reads = (...permissions: readonly string[]): Need => ({
  kind: 'repository',
  permissions,
  level: 'read',
  role: 'read',
});
export const writes = (permission: string | readonly string[], role: Role = 'write'): Need => ({
  kind: 'repository',
  permissions: typeof permission === 'string' ? [permission] : permission,
  level: 'write',
  role,
});

/** GitHub's words. */
export const suspended = 'This installation has been suspended';

/**
 * Throws when the caller may not do this: 401 for nobody, 404 for a stranger to the (private) repository, 403 for
 * a token without the permission or a person without the role.
 */
export function assertMay(
  who: Identity,
  need: Need,
  params: Readonly<Record<string, string>>,
  world: World,
): void {
  if (who.kind === 'installation' && world.isSuspended) throw forbidden(suspended);
  if (need.kind === 'anyone') return;
  if (who.kind === 'anonymous') throw new GithubRefusal(401, 'Requires authentication');
  if (need.kind === 'signed-in') return;
  if (need.kind === 'app' && who.kind !== 'app') {
    throw new GithubRefusal(401, 'A JSON web token could not be decoded');
  }
  if (need.kind === 'app') return;
  if (who.kind === 'app') throw forbidden('Resource not accessible by integration');
  if (who.kind === 'user') {
    assertRole(world.roleOf(who.login, params), need.role);
    return;
  }
  const isElsewhere = params.owner !== undefined && `${params.owner}/${params.repo}` !== repositoryOf(who);
  if (who.kind === 'job' && isElsewhere) throw notFound();
  assertGranted(who.permissions, need);
}

/** Whether the caller may write something, as far as a permission or, for people, the role of an administrator goes. */
export function mayAdminister(
  who: Identity,
  permission: string,
  params: Readonly<Record<string, string>>,
  world: World,
): boolean {
  if (who.kind === 'user') return world.roleOf(who.login, params) === 'admin';
  return (who.kind === 'installation' || who.kind === 'job') && who.permissions[permission] === 'write';
}

function repositoryOf(who: Identity): string | null {
  return who.kind === 'job' ? who.repository : null;
}

function assertRole(role: Role | null, required: Role): void {
  if (role === null) throw notFound();
  if (roles.indexOf(role) < roles.indexOf(required)) {
    throw forbidden(`Must have ${required} access to the repository.`);
  }
}

function assertGranted(
  granted: Readonly<Record<string, string>>,
  need: Extract<Need, { kind: 'repository' }>,
): void {
  const enough = need.level === 'read' ? ['read', 'write', 'admin'] : ['write', 'admin'];
  const holds = need.permissions.some((permission) => enough.includes(granted[permission] ?? ''));
  if (!holds) throw forbidden('Resource not accessible by integration');
}
