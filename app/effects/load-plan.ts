import { parseChange } from '../../adapters/conventional-commits/index.ts';
import { readAggregate } from '../../adapters/postgres/index.ts';
import { configPath } from '../../core/config/path.ts';
import { formatProblem } from '../../core/config/problem.ts';
import { qaStatus } from '../../core/config/qa-report.ts';
import { releaseOfTag } from '../../core/config/release-of-tag.ts';
import type { ReleaseConfig } from '../../core/config/schema.ts';
import { globMatcher } from '../../core/gate/glob.ts';
import type { ReleaseChange } from '../../core/notes/change.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { readEffectiveConfig } from '../effective-config.ts';
import type { Performed } from '../flow/outbox.ts';
import { lastVerified } from './last-verified.ts';
import type { EffectContext, Performer } from './performer.ts';
import { readTemplates } from './release-templates.ts';

/** Changes that release notes list at most. */
const maxChanges = 250;

/**
 * Freezes the facts of a tagged commit: its config, its place in history, what it changes, and where traffic
 * goes back to. A release that may not be conducted is rejected with every reason, not the first.
 */
export const loadPlan: Performer<'loadPlan'> = async ({ tag, sha }, context) => {
  const { forge } = context;
  const readAt = context.now();
  const problems: string[] = [];
  const ref = await forge.resolveRef(`tags/${tag}`);
  if (ref?.commit !== sha) problems.push(`the tag ${tag} no longer points to ${sha}`);
  const branch = await forge.defaultBranch();
  if (!(await isReachable(forge, sha, branch))) {
    problems.push(`the tagged commit ${sha} is not part of ${branch}: merge it first, then tag the merge`);
  }
  const config = await readReleaseConfig(forge, { tag, sha }, problems);
  const qa = await readQaReport(forge, { tag, sha }, config?.config.qa_report, problems);
  if (ref === null || config === null || problems.length > 0) return rejected(problems);

  const [{ tree }, previous] = await Promise.all([
    forge.readCommit(sha),
    lastVerified(tag, {
      published: forge.latestPublishedRelease,
      isMine: globMatcher([config.config.tags]),
      stateOf: (known) => stateOf(known, context),
    }),
  ]);
  const { paths } = config.config;
  const commits = await forge.listCommitsBetween(previous?.commit ?? null, sha, maxChanges, paths);
  const changes = await withLabels(commits.map(parseChange), forge);
  const templates = await readTemplates(forge.filesAt(sha));
  return {
    event: {
      type: 'plan.loaded',
      facts: {
        ...config,
        ...qa,
        ...templates,
        readAt,
        tagObject: ref.object,
        commit: sha,
        tree,
        previous,
        changes,
      },
    },
  };
};

/** What the labels of the merged pull requests say beside the titles. */
async function withLabels(
  changes: readonly ReleaseChange[],
  forge: Forge,
): Promise<readonly ReleaseChange[]> {
  const labels = await forge.readLabels(
    changes.flatMap(({ pullRequest }) => (pullRequest === null ? [] : [pullRequest])),
  );
  return changes.map((change) => {
    const found = labels.get(change.pullRequest ?? 0);
    return found === undefined ? change : { ...change, labels: found };
  });
}

function rejected(problems: readonly string[]): Performed {
  return { event: { type: 'plan.rejected', problems } };
}

async function isReachable(forge: Forge, sha: string, branch: string): Promise<boolean> {
  const head = await forge.resolveRef(`heads/${branch}`);
  return head !== null && (head.commit === sha || (await forge.isAncestor(sha, head.commit)));
}

async function stateOf(tag: string, { database, aggregate }: EffectContext): Promise<ReleaseState | null> {
  const stored = await readAggregate(database, { ...aggregate, key: tag });
  return (stored?.state as ReleaseState | undefined) ?? null;
}

async function readReleaseConfig(
  forge: Forge,
  { tag, sha }: { readonly tag: string; readonly sha: string },
  problems: string[],
): Promise<{ config: ReleaseConfig; configSha256: string; service?: string } | null> {
  const parsed = await readEffectiveConfig(sha, forge);
  if (parsed === null) {
    problems.push(`there is no ${configPath} in the tagged commit`);
    return null;
  }
  problems.push(...(parsed.ok ? parsed.weaker : parsed.problems).map(formatProblem));
  if (!parsed.ok) return null;
  if (parsed.config.release === undefined) {
    problems.push(`${configPath} has no section \`release\``);
    return null;
  }
  const found = releaseOfTag(parsed.config, tag);
  if (found === null) {
    problems.push(`the tag ${tag} matches the tags of no service in ${configPath}`);
    return null;
  }
  const service = found.service === null ? {} : { service: found.service };
  return { config: found.release, configSha256: parsed.sha256, ...service };
}

/** Code that QA has not approved is not deployed: a report that is missing or says anything else is a problem. */
async function readQaReport(
  forge: Forge,
  { tag, sha }: { readonly tag: string; readonly sha: string },
  template: string | undefined,
  problems: string[],
): Promise<{ readonly qa?: { readonly path: string; readonly status: string } }> {
  if (template === undefined) return {};
  const path = template.replaceAll('{tag}', tag);
  const bytes = await forge.filesAt(sha).read(path);
  const status = bytes === null ? null : qaStatus(new TextDecoder().decode(bytes));
  if (status !== 'approved') {
    problems.push(
      bytes === null
        ? `there is no QA report ${path} in the tagged commit`
        : `${path} has status ${JSON.stringify(status)}, expected "approved"`,
    );
  }
  return { qa: { path, status: status ?? '' } };
}
