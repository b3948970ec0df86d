import { z } from 'zod';
import { type CommandName, commandNames } from '../commands/names.ts';
import { durationSchema } from './duration.ts';

const fromWeight = z
  .int()
  .min(0)
  .max(100)
  .default(0)
  .describe('Percent of traffic from which a promotion is asked for it; 0: always');
const within = (most: number, standard: number) =>
  durationSchema
    .refine((ms) => ms >= 60_000 && ms <= most, 'expected at least 1m and not more than the longest')
    .default(standard);

/** What is asked for beside permission. */
export const obligationsSchema = z
  .strictObject({
    reason: z
      .strictObject({ from_weight: fromWeight })
      .optional()
      .describe('A reason for access: `reason="…"`'),
    second_approver: z
      .strictObject({
        from_weight: fromWeight,
        within: within(86_400_000, 3_600_000).describe(
          'How long the command waits for `/approve`, at most 24h',
        ),
      })
      .optional()
      .describe('Another person has to approve'),
    step_up: z
      .strictObject({
        from_weight: fromWeight,
        within: within(3_600_000, 900_000).describe(
          'How long the page for the confirmation is open, at most 1h',
        ),
      })
      .optional()
      .describe('Whoever commands confirms with a passkey'),
  })
  .prefault({});

const peopleSchema = (roles: readonly string[]) =>
  z.strictObject({
    roles: z
      .array(z.string())
      .default([...roles])
      .describe('`role_name`s of the repository'),
    teams: z.array(z.string()).default([]).describe('Team slugs; only active memberships count'),
    users: z.array(z.string()).default([]).describe('Logins'),
    codeowners: z
      .boolean()
      .default(false)
      .describe(
        'Owners (CODEOWNERS of the default branch) of every owned file that the release or pull request changes',
      ),
    policy: z
      .string()
      .regex(/^data(\.[A-Za-z_]\w*)+$/)
      .optional()
      .describe(
        "Rule of the repository's own policies that must be true as well, e.g. `data.shop.release.may`; it decides alone when nobody else is named",
      ),
    obligations: obligationsSchema,
  });

/** Whoever is named in one of the ways may issue the command; `environments` says it anew for one of them. */
const permissionSchema = (roles: readonly string[]) =>
  peopleSchema(roles).extend({
    environments: z
      .record(z.string(), peopleSchema(roles))
      .default({})
      .describe('Other people for an environment'),
  });

const managers = ['maintain', 'admin'];
const rolesOf: Readonly<Partial<Record<CommandName, readonly string[]>>> = {
  override: ['admin'],
  gates: ['write', ...managers],
  preview: ['write', ...managers],
};
/** What has a permission although nobody states one. */
const always = ['promote', 'rollback', 'hold'] as const;
type AlwaysStated = (typeof always)[number];

const optional = Object.fromEntries(
  commandNames
    .filter((name) => !always.includes(name as AlwaysStated))
    .map((name) => [name, permissionSchema(rolesOf[name] ?? managers).optional()]),
) as Record<Exclude<CommandName, AlwaysStated>, z.ZodOptional<ReturnType<typeof permissionSchema>>>;

/** Who may do what, by command. What is not stated is as `CommandDefinition.permission` says. */
export const permissionsSchema = z
  .strictObject({
    promote: permissionSchema(managers).prefault({}),
    rollback: permissionSchema(managers).prefault({}),
    hold: permissionSchema(managers).prefault({}),
    ...optional,
  })
  .prefault({});
export type PermissionsConfig = z.infer<typeof permissionsSchema>;
export type People = z.infer<ReturnType<typeof peopleSchema>>;
export type Obligations = z.infer<typeof obligationsSchema>;
