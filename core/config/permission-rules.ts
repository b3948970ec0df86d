import { type CommandName, commandNames } from '../commands/names.ts';
import type { People } from './permissions.ts';
import { type ConfigRule, releaseRule } from './rule.ts';
import type { ReleaseConfig } from './schema.ts';

/** What is wrong with who may do what. */
export const permissionRules: readonly ConfigRule[] = [
  releaseRule('command-permitted-to-somebody', ({ permissions }) =>
    statedPermissions(permissions).flatMap(({ path, people }) => {
      const { roles, teams, users, codeowners, policy } = people;
      if (roles.length + teams.length + users.length > 0 || codeowners || policy !== undefined) return [];
      return [
        {
          path,
          message: 'nobody is permitted: no role, team, user, owner or policy is named',
          help: 'Name at least one role, team or user',
        },
      ];
    }),
  ),
  releaseRule('obligations-do-not-stop-an-emergency', ({ permissions }) =>
    statedPermissions(permissions).flatMap(({ command, path, people }) =>
      (Object.keys(people.obligations) as (keyof typeof people.obligations)[])
        .filter((name) => !mayOblige(command, name))
        .map((name) => ({
          path: [...path, 'obligations', name],
          message: `/${command} may not be kept waiting by ${name}`,
          help:
            command === 'approve'
              ? 'Remove it: a second person is enough'
              : 'Remove it: whoever stops or reverses something is in a hurry',
        })),
    ),
  ),
];

interface StatedPermission {
  readonly command: CommandName;
  readonly path: readonly PropertyKey[];
  readonly people: People;
}

/** Every permission that is stated, for a command and for its environments. */
function statedPermissions(permissions: ReleaseConfig['permissions']): readonly StatedPermission[] {
  return commandNames.flatMap((command): readonly StatedPermission[] => {
    const stated = permissions[command];
    if (stated === undefined) return [];
    const path = ['release', 'permissions', command];
    const environments = Object.entries(stated.environments).map(([name, people]) => ({
      command,
      path: [...path, 'environments', name],
      people,
    }));
    return [{ command, path, people: stated }, ...environments];
  });
}

/** What stops or reverses is never kept waiting, and a second person does not wait for a third. */
function mayOblige(command: CommandName, obligation: string): boolean {
  const isUrgent = ['rollback', 'abort', 'hold', 'reject', 'flags', 'escalate'].includes(command);
  return !isUrgent && !(command === 'approve' && obligation === 'second_approver');
}
