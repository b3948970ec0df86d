import { z } from 'zod';
import { PermissionError } from '../../../core/errors.ts';
import type { InheritedRuleset } from '../../../core/governance/above.ts';
import type { Change } from '../../../core/governance/compare.ts';
import type { Directory } from '../../../core/governance/directory.ts';
import type { RequiredCheckSetting, RuleSetting, RulesetSetting } from '../../../core/governance/settings.ts';
import type { GithubClient } from '../client.ts';
import { appId, appName, bypassActor, bypassSetting } from './actors.ts';

const base = '/repos/{owner}/{repo}/rulesets';
const briefSchema = z.object({
  id: z.number(),
  name: z.string(),
  source_type: z.string().default('Repository'),
  source: z.string().default(''),
});
type Brief = z.infer<typeof briefSchema>;
const anyRulesetSchema = z.object({
  name: z.string(),
  target: z.string().default('branch'),
  enforcement: z.enum(['active', 'evaluate', 'disabled']),
  bypass_actors: z
    .array(
      z.object({
        actor_id: z
          .number()
          .nullish()
          .transform((id) => id ?? null),
        actor_type: z.string(),
        bypass_mode: z.string().default('always'),
      }),
    )
    .optional(),
  conditions: z
    .object({ ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }).optional() })
    .nullish(),
  rules: z.array(z.object({ type: z.string(), parameters: z.record(z.string(), z.unknown()).optional() })),
});
const rulesetSchema = anyRulesetSchema.extend({
  target: z.enum(['branch', 'tag', 'push']).default('branch'),
});

/** The repository's own rulesets; those of its organisation are not its to change. */
export async function readRulesets(github: GithubClient, directory: Directory): Promise<RulesetSetting[]> {
  const own = (await briefsOf(github)).filter(isOwn);
  return Promise.all(
    own.map(async (brief) => toSetting(await rulesetOf(github, brief, rulesetSchema), directory)),
  );
}

/** Those of its organisation and its enterprise. Who may bypass them is seldom shown. */
export async function readInheritedRulesets(
  github: GithubClient,
  directory: Directory,
): Promise<InheritedRuleset[]> {
  const inherited = (await briefsOf(github)).filter((brief) => !isOwn(brief));
  return Promise.all(
    inherited.map(async (brief) => {
      const found = await rulesetOf(github, brief, anyRulesetSchema);
      const bypass = found.bypass_actors?.map((actor) => bypassSetting(actor, directory)) ?? null;
      const { target } = found;
      return { ...withoutBypass(found, directory), target, source: brief.source, bypass };
    }),
  );
}

function isOwn({ source_type: type }: Brief): boolean {
  return type === 'Repository';
}

function rulesetOf<T>(github: GithubClient, { id }: Brief, schema: z.ZodType<T>): Promise<T> {
  return github.get(`GET ${base}/{ruleset_id}`, { ruleset_id: id }, schema);
}

export async function applyRuleset(
  github: GithubClient,
  change: Change,
  directory: Directory,
): Promise<void> {
  const known = (await briefsOf(github)).find((brief) => isOwn(brief) && brief.name === change.name);
  const place = known === undefined ? {} : { ruleset_id: known.id };
  if (change.after === null) {
    if (known !== undefined) await github.send(`DELETE ${base}/{ruleset_id}`, place, z.unknown());
    return;
  }
  const route = known === undefined ? `POST ${base}` : `PUT ${base}/{ruleset_id}`;
  const body = fromSetting(change.after as RulesetSetting, directory);
  await github.send(route, { ...place, ...body }, z.unknown());
}

function briefsOf(github: GithubClient): Promise<readonly Brief[]> {
  return github.list(`GET ${base}`, { includes_parents: true }, briefSchema, { steady: true });
}

function toSetting(found: z.infer<typeof rulesetSchema>, directory: Directory): RulesetSetting {
  // GitHub leaves the list out for callers who may not change the ruleset: an unknown list is not an empty one.
  if (found.bypass_actors === undefined) {
    throw new PermissionError(
      'BYPASS_HIDDEN',
      `GitHub does not show who may bypass the ruleset "${found.name}"`,
      'Give the App the permission Administration: write, and approve it in the installation.',
    );
  }
  const bypass = found.bypass_actors.map((actor) => bypassSetting(actor, directory));
  return { ...withoutBypass(found, directory), target: found.target, bypass };
}

function withoutBypass(
  found: z.infer<typeof anyRulesetSchema>,
  directory: Directory,
): Omit<RulesetSetting, 'bypass' | 'target'> {
  return {
    name: found.name,
    enforcement: found.enforcement,
    include: found.conditions?.ref_name?.include ?? [],
    exclude: found.conditions?.ref_name?.exclude ?? [],
    rules: found.rules.map(({ type, parameters = {} }) => ({
      type,
      parameters: withChecks(parameters, (check: RawCheck) => ({
        context: check.context,
        app: typeof check.integration_id === 'number' ? appName(check.integration_id, directory) : null,
      })),
    })),
  };
}

function fromSetting(wanted: RulesetSetting, directory: Directory): Record<string, unknown> {
  return {
    name: wanted.name,
    target: wanted.target,
    enforcement: wanted.enforcement,
    conditions: { ref_name: { include: wanted.include, exclude: wanted.exclude } },
    bypass_actors: wanted.bypass.map((one) => bypassActor(one, directory)),
    rules: wanted.rules.map((rule) => ruleFrom(rule, directory)),
  };
}

function ruleFrom({ type, parameters }: RuleSetting, directory: Directory): Record<string, unknown> {
  const given = withChecks(withDefaults(type, parameters), ({ context, app }: RequiredCheckSetting) => ({
    context,
    ...(app === null ? {} : { integration_id: appId(app, directory) }),
  }));
  return Object.keys(given).length === 0 ? { type } : { type, parameters: given };
}

/** What GitHub demands of a new rule and nobody declares. */
function withDefaults(type: string, parameters: RuleSetting['parameters']): Record<string, unknown> {
  return type === 'required_status_checks'
    ? { do_not_enforce_on_create: false, ...parameters }
    : { ...parameters };
}

interface RawCheck {
  readonly context: string;
  readonly integration_id?: number | null;
}

function withChecks<From, To>(
  parameters: Readonly<Record<string, unknown>>,
  convert: (check: From) => To,
): Record<string, unknown> {
  const checks = parameters.required_status_checks;
  return Array.isArray(checks)
    ? { ...parameters, required_status_checks: checks.map((check) => convert(check as From)) }
    : { ...parameters };
}
