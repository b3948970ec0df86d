import { askRule } from '../../adapters/policy/repository-rule.ts';
import type { Approval } from '../../core/commands/desk/state.ts';
import type { Permission } from '../../core/commands/permission.ts';
import type { Actor } from '../../core/flow/event.ts';
import { parseCodeowners, readCodeowners, requiredOwners } from '../../core/gate/codeowners.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { PromotionInput } from '../../core/ports/policy-engine.ts';
import type { FileTree } from '../../core/ports/system.ts';
import type { EffectContext } from './performer.ts';
import { unlessItFails } from './unless-it-fails.ts';

/** What is changed, and whose files say who owns it and what the repository's own policies ask. */
export interface TouchedBy {
  readonly base: string | null;
  readonly head: string;
  /** Commit of the policies: never one that a pull request brings. */
  readonly policiesAt: string;
}

/** Who somebody is at this moment. What GitHub does not say is null, and null is never a permission. */
export async function readActor(
  actor: Actor,
  permission: Permission,
  touched: TouchedBy,
  { forge }: EffectContext,
): Promise<PromotionInput['actor']> {
  if (actor.type !== 'User') return { ...actor, role: null, teams: [], codeowner: null, policy: null };
  const [role, teams, codeowner] = await Promise.all([
    unlessItFails(() => forge.readRole(actor.login)),
    activeTeams(actor.login, permission.teams, forge),
    permission.codeowners ? unlessItFails(() => isOwner(actor.login, touched, forge)) : null,
  ]);
  return { ...actor, role, teams, codeowner, policy: null };
}

/** The answer of the repository's own rule to the same input that the policy engine gets. */
export async function readOwnPolicy(
  input: PromotionInput,
  { policiesAt }: TouchedBy,
  { forge }: EffectContext,
): Promise<PromotionInput> {
  const { policy: rule } = input.permissions;
  if (rule === null) return input;
  const answer = await unlessItFails(() =>
    readPolicies(forge.filesAt(policiesAt)).then((sources) => askRule(sources, rule, input)),
  );
  return { ...input, actor: { ...input.actor, policy: answer } };
}

/** Approvals whose comment is still what it was when it approved; a comment that cannot be read approves nothing. */
export async function intactApprovals(
  approvals: readonly Approval[],
  { forge }: EffectContext,
  digest: (text: string) => string,
): Promise<readonly Approval[]> {
  const kept = await Promise.all(
    approvals.map(async (approval) => {
      // What came over the API has no comment that could be edited.
      if (approval.commentId <= 0) return [approval];
      const comment = await unlessItFails(() => forge.readComment(approval.commentId));
      const intact =
        comment !== null &&
        comment.author.toLowerCase() === approval.login.toLowerCase() &&
        digest(comment.body) === approval.bodySha256;
      return intact ? [approval] : [];
    }),
  );
  return kept.flat();
}

async function activeTeams(login: string, teams: readonly string[], forge: Forge): Promise<string[]> {
  const mine = await Promise.all(
    teams.map(async (team) =>
      (await unlessItFails(() => forge.isActiveTeamMember(team, login))) === true ? [team] : [],
    ),
  );
  return mine.flat();
}

async function isOwner(login: string, { base, head }: TouchedBy, forge: Forge): Promise<boolean | null> {
  const branch = await forge.resolveRef(`heads/${await forge.defaultBranch()}`);
  const paths = base === null ? null : await forge.listChangedFiles(base, head);
  if (branch === null || paths === null) return null;
  const file = await readCodeowners(forge.filesAt(branch.commit));
  const sets = requiredOwners(parseCodeowners(file?.text ?? ''), paths);
  if (sets.length === 0) return false;
  const owns = await Promise.all(sets.map((owners) => isAmong(login, owners, forge)));
  return owns.every(Boolean);
}

async function isAmong(login: string, owners: readonly string[], forge: Forge): Promise<boolean> {
  for (const owner of owners) {
    const name = owner.replace(/^@/, '');
    if (name.toLowerCase() === login.toLowerCase()) return true;
    if (name.includes('/') && (await forge.isActiveTeamMember(name, login))) return true;
  }
  return false;
}

const policyGlob = '.github/release-conductor/policies/**/*.rego';
const maxPolicies = 100;

async function readPolicies(files: FileTree): Promise<readonly { path: string; text: string }[]> {
  const paths = (await files.list([policyGlob])).slice(0, maxPolicies);
  return Promise.all(
    paths.map(async (path) => ({
      path,
      text: new TextDecoder().decode((await files.read(path)) ?? new Uint8Array()),
    })),
  );
}
