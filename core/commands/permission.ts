import type { Obligations, People, PermissionsConfig } from '../config/permissions.ts';
import type { CommandName } from './names.ts';
import { definitionOf } from './registry.ts';

/** Who may use a command in an environment, and what is asked for besides. */
export interface Permission {
  readonly roles: readonly string[];
  readonly teams: readonly string[];
  readonly users: readonly string[];
  readonly codeowners: boolean;
  /** Rule of the repository's own policies; null: none is asked. */
  readonly policy: string | null;
  readonly obligations: Obligations;
}

/**
 * The permission of a command. What the config states for the environment comes first, then what it states for the
 * command, then what the command itself says. Nobody inherits the obligations of another command.
 */
export function permissionOf(
  config: PermissionsConfig | null,
  command: CommandName,
  environment: string,
): Permission {
  const stated = config?.[command];
  if (stated !== undefined) return toPermission(stated.environments[environment] ?? stated);
  const { permission } = definitionOf(command);
  if (typeof permission !== 'string') return { ...nobody, roles: permission.roles };
  if (config === null) return nobody;
  const like = config[permission];
  return { ...toPermission(like.environments[environment] ?? like), obligations: {} };
}

const nobody: Permission = {
  roles: [],
  teams: [],
  users: [],
  codeowners: false,
  policy: null,
  obligations: {},
};

function toPermission({ policy, ...people }: People): Permission {
  const { roles, teams, users, codeowners, obligations } = people;
  return { roles, teams, users, codeowners, policy: policy ?? null, obligations };
}

/** Everybody who may, in words. Nobody is called: names carry no `@`. */
export function permittedText({ roles, teams, users, codeowners, policy }: Permission): string {
  const named = [
    ...roles.map((role) => `role ${role}`),
    ...teams.map((team) => `team ${team.replace(/^@/, '')}`),
    ...users.map((user) => user.replace(/^@/, '')),
    ...(codeowners ? ['the owners of every changed file (CODEOWNERS)'] : []),
  ];
  if (policy === null) return named.length === 0 ? 'nobody' : named.join(', ');
  return named.length === 0
    ? `whomever the policy ${policy} allows`
    : `${named.join(', ')}, if the policy ${policy} agrees`;
}
