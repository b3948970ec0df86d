import type { EffectiveConfig } from '../../core/config/organisation/effective.ts';
import { configPath } from '../../core/config/path.ts';
import { formatProblem } from '../../core/config/problem.ts';
import type { Config } from '../../core/config/schema.ts';
import { ConductorError, InternalError, PermissionError, ProviderError } from '../../core/errors.ts';
import { readCodeowners } from '../../core/gate/codeowners.ts';
import type { Above } from '../../core/governance/above.ts';
import { ambiguousNames, type Change, standingOf } from '../../core/governance/compare.ts';
import { desiredSettings } from '../../core/governance/desired.ts';
import { type Directory, namesIn, unknownNames } from '../../core/governance/directory.ts';
import type { GovernanceEvent, MergedMeanwhile, Observation } from '../../core/governance/event.ts';
import { unownedPaths } from '../../core/governance/ownership.ts';
import { type GovernancePlan, planGovernance as planFor } from '../../core/governance/plan.ts';
import type { Settings } from '../../core/governance/settings.ts';
import { digestOfConfig, readEffectiveConfig } from '../effective-config.ts';
import { readOrganisationText } from '../organisation-config.ts';
import type { EffectContext, Performer } from './performer.ts';

type Proposal = Extract<GovernanceEvent, { type: 'governance.planned' }>['proposal'];

/** Reads the config of the default branch and compares the repository with it. */
export const observeSettings: Performer<'observeSettings'> = async ({ since, governed }, context) => {
  const { forge } = context;
  const sha = (await forge.resolveRef(`heads/${await forge.defaultBranch()}`))?.commit ?? null;
  if (sha === null) return { event: { type: 'settings.observed', observation: { kind: 'undeclared' } } };
  const found = await readEffectiveConfig(sha, forge);
  const observation = await observe(declaredBy(found), { sha, since, governed: governed === true }, context);
  const config = { sha, config_sha256: await digestOfConfig(found, sha, forge) };
  return { event: { type: 'settings.observed', observation, config } };
};

/** Plans the config of a pull request's head. It is data: nothing of it is followed before it is merged. */
export const planGovernance: Performer<'planGovernance'> = async ({ pullRequest, headSha }, context) => ({
  event: { type: 'governance.planned', pullRequest, headSha, proposal: await propose(headSha, context) },
});

/** Tells the pull request the plan that its check carries. */
export const carryPlan: Performer<'carryPlan'> = async (effect, { aggregate, tell }) => {
  if (tell === undefined) throw notWired();
  const { pullRequest, headSha, text, acceptable } = effect;
  const ref = { kind: 'change', repository: aggregate.repository, key: `pr/${pullRequest}` } as const;
  await tell(ref, { type: 'plan.shown', headSha, text, acceptable });
  return { settled: {} };
};

/**
 * Writes one change after the other, each only while the repository is as it was when the plan was made, and stops at the
 * first that cannot be. What GitHub may do later is tried again as a whole: what is written already is found so.
 */
export const applyGovernance: Performer<'applyGovernance'> = async ({ hash, changes }, context) => {
  const settings = context.forge.settings;
  const touched = pickNames(
    changes.flatMap(({ kind, before, after }) =>
      [before, after].flatMap((one) => (one === null ? [] : [{ kind, one }])),
    ),
  );
  const directory = await settings.resolve(namesIn(touched));
  const done: string[] = [];
  const answer = (problem: string | null) => ({
    event: { type: 'governance.applied', hash, done, problem } as const,
  });
  const [unknown] = problemsOfNames(neededNames(changes), directory);
  if (unknown !== undefined) return answer(unknown);
  const live = await settings.read(directory);
  for (const change of changes) {
    const name = `${change.kind} ${change.name}`;
    const stands = standingOf(change, live);
    if (stands === 'moved') return answer(`${name} was changed while the plan was carried out`);
    try {
      if (stands === 'before') await settings.apply(change, directory);
    } catch (error) {
      if (!(error instanceof ConductorError) || (error instanceof ProviderError && error.retryable))
        throw error;
      return answer(`${name}: ${error.message}. ${error.help}`);
    }
    done.push(name);
  }
  return answer(null);
};

interface Look {
  readonly sha: string;
  readonly since: number | null;
  readonly governed: boolean;
}

async function observe(
  found: Declared,
  { sha, since, governed }: Look,
  context: EffectContext,
): Promise<Observation> {
  if (found.kind === 'wrong') return { ...found, kind: 'unreadable' };
  if (found.kind === 'undeclared') {
    const escaped = governed ? await escapeOf(sha, context) : null;
    return escaped === null ? found : { kind: 'unreadable', problems: [escaped] };
  }
  const compared = await compare(found, sha, context);
  if (compared.kind === 'wrong') return { kind: 'unreadable', problems: compared.problems };
  const linked = await linkProblem(sha, context);
  if (linked !== null) return { kind: 'unreadable', problems: [linked] };
  const { plan, settings, above } = compared;
  const merged: readonly MergedMeanwhile[] =
    plan.changes.length === 0 || since === null ? [] : await context.forge.settings.mergedSince(since);
  const { sha256: configSha256, governance } = found;
  return { kind: 'read', configSha256, mode: governance.mode, plan, settings, above, merged };
}

async function propose(headSha: string, context: EffectContext): Promise<Proposal> {
  const found = declaredBy(await readEffectiveConfig(headSha, context.forge));
  if (found.kind === 'undeclared') {
    const escaped = await escapeOf(headSha, context);
    return escaped === null ? found : { kind: 'wrong', problems: [escaped] };
  }
  if (found.kind === 'wrong') return found;
  if (found.weaker.length > 0) return { kind: 'wrong', problems: found.weaker };
  const compared = await compare(found, headSha, context);
  if (compared.kind === 'wrong') return compared;
  const linked = await linkProblem(headSha, context);
  if (linked !== null) return { kind: 'wrong', problems: [linked] };
  return { kind: 'plan', configSha256: found.sha256, plan: compared.plan };
}

type Declared =
  | {
      readonly kind: 'declared';
      readonly governance: NonNullable<Config['governance']>;
      readonly sha256: string;
      /** What it says more weakly than its organisation allows. */
      readonly weaker: readonly string[];
    }
  | { readonly kind: 'undeclared' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

/** What the repository's config declares, and no weaker than what its organisation's does. */
function declaredBy(found: EffectiveConfig | null): Declared {
  if (found === null) return { kind: 'undeclared' };
  if (!found.ok) return { kind: 'wrong', problems: found.problems.map(formatProblem) };
  const { config, sha256 } = found;
  const weaker = found.weaker.map(formatProblem);
  if (config.governance !== undefined)
    return { kind: 'declared', governance: config.governance, sha256, weaker };
  return weaker.length === 0 ? { kind: 'undeclared' } : { kind: 'wrong', problems: weaker };
}

/** GitHub gives the file that a link leads to, and asks nobody who owns the link when that file changes. */
async function linkProblem(sha: string, { forge }: EffectContext): Promise<string | null> {
  if ((await forge.filesAt(sha).isLink?.(configPath)) !== true) return null;
  return `${configPath} is a symbolic link: whoever may change what it leads to changes the config. Put the file itself there`;
}

/** Whoever removes the config removes the organisation's from the repository, too. */
async function escapeOf(sha: string, { forge }: EffectContext): Promise<string | null> {
  if ((await forge.filesAt(sha).read(configPath)) !== null) return null;
  const organisation = await readOrganisationText(forge);
  return (
    organisation &&
    `${configPath} is gone, and what ${organisation.file} says would not hold here. Put it back`
  );
}

type Compared =
  | {
      readonly kind: 'compared';
      readonly plan: GovernancePlan;
      readonly settings: Settings;
      readonly above: Above;
    }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

async function compare(
  { governance, weaker }: Extract<Declared, { kind: 'declared' }>,
  sha: string,
  context: EffectContext,
): Promise<Compared> {
  const port = context.forge.settings;
  const { appSlug } = context.forge;
  const wanted = desiredSettings(governance, appSlug);
  const directory: Directory = await port.resolve(namesIn(wanted));
  const unknown = problemsOfNames(wanted, directory);
  if (unknown.length > 0) return { kind: 'wrong', problems: unknown };
  try {
    const settings = await port.read(directory);
    const ambiguous = ambiguousNames(wanted, settings);
    if (ambiguous.length > 0) return { kind: 'wrong', problems: ambiguous };
    const above = await port.readAbove(directory, await context.forge.defaultBranch());
    const unowned = await unownedAt(sha, governance.codeowners, context);
    const plan = planFor(governance, settings, appSlug, { unowned, weaker, above });
    return { kind: 'compared', plan, settings, above };
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    return { kind: 'wrong', problems: [`${error.message}. ${error.help}`] };
  }
}

async function unownedAt(
  sha: string,
  wanted: readonly string[],
  { forge }: EffectContext,
): Promise<readonly string[]> {
  if (wanted.length === 0) return [];
  const files = forge.filesAt(sha);
  const folders = wanted.filter((path) => path.endsWith('/')).map((path) => `${path.replace(/^\//, '')}**`);
  const [owners, below] = await Promise.all([
    readCodeowners(files),
    folders.length === 0 ? [] : files.list(folders),
  ]);
  return unownedPaths(wanted, owners?.text ?? null, below);
}

/** Names may be given up or taken by another between a plan and its merge, too. */
function problemsOfNames(settings: Settings, directory: Directory): readonly string[] {
  return unknownNames(settings, directory).map(
    (name) =>
      `governance names the ${name}, which does not exist. Write the name that it has now, or take it out`,
  );
}

/** What the writes name. Another app's rule that stays where it is needs no id. */
function neededNames(changes: readonly Change[]): Settings {
  return pickNames(
    changes.flatMap(({ kind, before, after }) => {
      if (after === null) return [];
      const known = before !== null && 'apps' in before ? before.apps : [];
      const one =
        'apps' in after ? { ...after, apps: after.apps.filter((app) => !known.includes(app)) } : after;
      return [{ kind, one }];
    }),
  );
}

function pickNames(touched: readonly { readonly kind: string; readonly one: unknown }[]): Settings {
  const of = <One>(kind: string): One[] =>
    touched.flatMap((setting) => (setting.kind === kind ? [setting.one as One] : []));
  return { rulesets: of('ruleset'), environments: of('environment'), labels: of('label') };
}

function notWired(): InternalError {
  return new InternalError('NOT_WIRED', 'This process cannot tell a pull request anything', 'Report this.');
}
