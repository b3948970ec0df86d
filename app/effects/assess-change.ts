import { latestGateResults } from '../../adapters/postgres/index.ts';
import type { Command } from '../../core/commands/command.ts';
import { permissionOf } from '../../core/commands/permission.ts';
import type { PermissionsConfig } from '../../core/config/permissions.ts';
import { gateNames } from '../../core/gate/names.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { PromotionInput } from '../../core/ports/policy-engine.ts';
import { orThrow, readEffectiveConfig } from '../effective-config.ts';
import { assess, gateFact, permissionInput, readAccess } from './assess-command.ts';
import type { Performer } from './performer.ts';
import { unlessItFails } from './unless-it-fails.ts';
import { readActor, readOwnPolicy } from './who.ts';

/**
 * The same question for a command on a pull request. Who may what is read from the default branch, never from the
 * pull request: it must not permit itself anything. A config that cannot be read permits nobody.
 */
export const assessChangeCommand: Performer<'assessChangeCommand'> = async (effect, context) => {
  const { forge, database, aggregate } = context;
  const { kind: _kind, facts, ...asked } = effect;
  const { command, actor } = effect;
  const now = context.now();
  const [pull, trusted, reports, access] = await Promise.all([
    unlessItFails(() => forge.readPullRequest(facts.pullRequest)),
    unlessItFails(() => readTrusted(forge)),
    latestGateResults(database, aggregate.repository, facts.sha),
    readAccess(facts.access, context),
  ]);
  const permission =
    trusted === null
      ? { roles: [], teams: [], users: [], codeowners: false, policy: null, obligations: {} }
      : permissionOf(trusted.permissions, subjectOf(command), '');
  const touched = { base: pull?.baseSha ?? null, head: facts.sha, policiesAt: trusted?.commit ?? '' };
  const input: PromotionInput = {
    schema_version: 1,
    action: command.name,
    repository: aggregate.repository,
    release: {
      tag: `#${facts.pullRequest}`,
      sha: facts.sha,
      tag_sha_now: pull?.headSha ?? null,
      phase: pull?.state ?? 'unknown',
      author: facts.author,
    },
    step: { environment: '', current_weight: 0, target_weight: null, steps: [] },
    gates: gateNames.map((gate) => gateFact(gate, [], reports, now)),
    max_gate_age_ms: 0,
    actor: await readActor(actor, permission, touched, context),
    permissions: permissionInput(permission),
    access,
    exceptions: [],
    ...nothingAsked,
    now,
  };
  const assessment = await assess(await readOwnPolicy(input, touched, context), context);
  return { event: { type: 'command.assessed', ...asked, assessment } };
};

/** Whoever asks who can, asks about another command. */
function subjectOf(command: Command): Command['name'] {
  return command.name === 'whocan' ? command.of : command.name;
}

async function readTrusted(
  forge: Forge,
): Promise<{ readonly commit: string; readonly permissions: PermissionsConfig | null } | null> {
  const head = await forge.resolveRef(`heads/${await forge.defaultBranch()}`);
  const found = head === null ? null : await readEffectiveConfig(head.commit, forge);
  if (head === null || found === null) return null;
  return { commit: head.commit, permissions: orThrow(found).config.release?.permissions ?? null };
}

/** What only promotions are asked for. */
const nothingAsked = {
  promote_only_if: { clauses: [], min_headroom: 0, max_drill_age_ms: 0 },
  slo_burn: null,
  headroom: null,
  migration_cutover: 'unknown',
  drill_age_ms: null,
  provenance: 'unknown',
  artifacts: [],
  preview_hygiene: 'unknown',
  hotfix: false,
  window: { open: true, reason: null },
  freeze: { active: false, reason: null },
  lock: { state: 'free', owner: null, reason: null },
  unresolved: null,
} as const satisfies Partial<PromotionInput>;
