import type { Settings } from './settings.ts';

/** The names that exist, with GitHub's ids: what a config may speak of. */
export interface Directory {
  readonly teams: ReadonlyMap<string, number>;
  /** By lower-case login. */
  readonly users: ReadonlyMap<string, number>;
  readonly apps: ReadonlyMap<string, number>;
}

/** Every name that the settings use, by kind, in order. */
export function namesIn(settings: Settings): Readonly<Record<'team' | 'user' | 'app', readonly string[]>> {
  const actors = [
    ...settings.rulesets.flatMap(({ bypass }) => bypass.map(({ actor }) => actor)),
    ...settings.rulesets.flatMap(({ rules }) => rules.flatMap(appsOfRule)),
    ...settings.environments.flatMap(({ reviewers, apps }) => [
      ...reviewers,
      ...apps.map((app) => `app:${app}`),
    ]),
  ];
  const of = (kind: string): readonly string[] =>
    [
      ...new Set(
        actors.filter((actor) => actor.startsWith(`${kind}:`)).map((actor) => actor.slice(kind.length + 1)),
      ),
    ].toSorted();
  return { team: of('team'), user: of('user'), app: of('app') };
}

/** Names that nobody answers to. One is enough for no write at all. */
export function unknownNames(settings: Settings, directory: Directory): readonly string[] {
  const { team, user, app } = namesIn(settings);
  return [
    ...team.filter((slug) => !directory.teams.has(slug)).map((slug) => `team ${slug}`),
    ...user.filter((login) => !directory.users.has(login.toLowerCase())).map((login) => `user ${login}`),
    ...app.filter((slug) => !directory.apps.has(slug)).map((slug) => `app ${slug}`),
  ];
}

function appsOfRule({ parameters }: Settings['rulesets'][number]['rules'][number]): readonly string[] {
  const checks = (parameters.required_status_checks ?? []) as readonly { readonly app: string | null }[];
  return checks.flatMap(({ app }) => (app === null ? [] : [`app:${app}`]));
}
