import type { Directory } from '../../../core/governance/directory.ts';
import type { BypassSetting } from '../../../core/governance/settings.ts';

/** GitHub's ids of the base roles in rulesets. */
const roleIds: Readonly<Record<string, number>> = { maintain: 2, write: 4, admin: 5 };

export interface BypassActor {
  readonly actor_id: number | null;
  readonly actor_type: string;
  readonly bypass_mode: string;
}

export function bypassSetting(actor: BypassActor, directory: Directory): BypassSetting {
  return { actor: actorName(actor, directory), mode: actor.bypass_mode };
}

export function bypassActor({ actor, mode }: BypassSetting, directory: Directory): BypassActor {
  const [kind = '', name = ''] = actor.split(/:(.*)/s);
  switch (kind) {
    case 'team':
      return { actor_type: 'Team', actor_id: idIn(directory.teams, name), bypass_mode: mode };
    case 'app':
      return { actor_type: 'Integration', actor_id: idIn(directory.apps, name), bypass_mode: mode };
    case 'role':
      return { actor_type: 'RepositoryRole', actor_id: roleIds[name] ?? null, bypass_mode: mode };
    case 'organization-admin':
      return { actor_type: 'OrganizationAdmin', actor_id: 1, bypass_mode: mode };
    default:
      return { actor_type: 'DeployKey', actor_id: null, bypass_mode: mode };
  }
}

/** The slug of an app; `#<id>` for a stranger. */
export function appName(id: number, { apps }: Directory): string {
  return nameIn(apps, id);
}

export function appId(name: string, { apps }: Directory): number {
  return idIn(apps, name);
}

function actorName({ actor_type: type, actor_id: id }: BypassActor, directory: Directory): string {
  switch (type) {
    case 'Team':
      return `team:${nameIn(directory.teams, id ?? 0)}`;
    case 'Integration':
      return `app:${nameIn(directory.apps, id ?? 0)}`;
    case 'RepositoryRole':
      return `role:${Object.entries(roleIds).find(([, known]) => known === id)?.[0] ?? `#${id}`}`;
    case 'OrganizationAdmin':
      return 'organization-admin';
    case 'DeployKey':
      return 'deploy-key';
    default:
      return `${type}#${id}`;
  }
}

export function nameIn(names: ReadonlyMap<string, number>, id: number): string {
  return [...names].find(([, known]) => known === id)?.[0] ?? `#${id}`;
}

/** Names are checked before anything is written: an unknown one here is a defect of ours. */
function idIn(names: ReadonlyMap<string, number>, name: string): number {
  const id = names.get(name) ?? (name.startsWith('#') ? Number(name.slice(1)) : Number.NaN);
  if (!Number.isInteger(id)) throw new TypeError(`"${name}" was not resolved before it was written`);
  return id;
}
