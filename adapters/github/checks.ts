import { z } from 'zod';
import type { Annotation } from '../../core/gate/effect.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';

type CheckInput = Parameters<Forge['publishCheck']>[0];

/** GitHub takes 50 annotations a request and 65,535 characters of text. */
const annotationsPerRequest = 50;
const maxTextLength = 65_535;

const checkSchema = z.object({
  id: z.int(),
  status: z.string(),
  conclusion: z.string().nullish(),
  external_id: z.string().nullish(),
  app: z.object({ slug: z.string().nullish() }).nullish(),
  output: z.object({ title: z.string().nullish(), annotations_count: z.int().nullish() }).nullish(),
});
type Check = z.infer<typeof checkSchema>;

/**
 * The App's check on a commit. The external id is the effect's key: a check that has it was written before and
 * is only completed. One that is still open is updated; a completed one is left as history, because GitHub
 * would append the new annotations to the old ones.
 */
export function checkMethods(github: GithubClient): Pick<Forge, 'publishCheck' | 'readCheck'> {
  return {
    readCheck: async (sha, { name, app }) => {
      const found = await checksNamed(github, sha, name);
      const [newest] = found.filter((check) => check.app?.slug === app);
      return newest?.status === 'completed' ? (newest.conclusion ?? null) : null;
    },

    publishCheck: async (input) => {
      const own = await ownChecks(github, input);
      const written = own.find((check) => check.external_id === input.externalId);
      const open = own.find((check) => check.status !== 'completed');
      const existing = written ?? open;
      const id = existing?.id ?? (await create(github, input));
      let sent = existing === undefined ? annotationsPerRequest : (written?.output?.annotations_count ?? 0);
      const isNews = existing !== undefined && !isWritten(existing, input);
      for (let first = isNews; first || sent < input.annotations.length; first = false) {
        await update(github, id, input, input.annotations.slice(sent, sent + annotationsPerRequest));
        sent += annotationsPerRequest;
      }
      return { id };
    },
  };
}

/** Another app may use the same name: only ours count. */
async function ownChecks(github: GithubClient, { sha, name }: CheckInput): Promise<readonly Check[]> {
  const found = await checksNamed(github, sha, name);
  return found.filter((check) => `${check.app?.slug}[bot]` === github.botLogin);
}

/** Newest first. */
async function checksNamed(github: GithubClient, sha: string, name: string): Promise<readonly Check[]> {
  const found = await github.list(
    'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    { ref: sha, check_name: name, filter: 'all' },
    checkSchema,
    { member: 'check_runs' },
  );
  return found.toSorted((a, b) => b.id - a.id);
}

/** An identical write is skipped: GitHub's content limit is scarce. */
function isWritten(check: Check, input: CheckInput): boolean {
  return (
    check.external_id === input.externalId &&
    check.status === input.status &&
    (check.conclusion ?? null) === input.conclusion
  );
}

async function create(github: GithubClient, input: CheckInput): Promise<number> {
  const annotations = input.annotations.slice(0, annotationsPerRequest);
  const { id } = await github.send(
    'POST /repos/{owner}/{repo}/check-runs',
    { ...body(input, annotations), name: input.name, head_sha: input.sha },
    z.object({ id: z.int() }),
  );
  return id;
}

async function update(
  github: GithubClient,
  id: number,
  input: CheckInput,
  annotations: readonly Annotation[],
): Promise<void> {
  await github.send(
    'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
    { ...body(input, annotations), check_run_id: id },
    z.unknown(),
  );
}

function body(input: CheckInput, annotations: readonly Annotation[]): Record<string, unknown> {
  return {
    status: input.status,
    ...(input.conclusion === null ? {} : { conclusion: input.conclusion }),
    external_id: input.externalId,
    output: {
      title: input.title.slice(0, 255),
      summary: input.summary.slice(0, maxTextLength),
      ...(annotations.length === 0 ? {} : { annotations: annotations.map(toGithub) }),
    },
  };
}

function toGithub(annotation: Annotation): Record<string, unknown> {
  return {
    path: annotation.path,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    annotation_level: annotation.level,
    title: annotation.title.slice(0, 255),
    message: annotation.message.slice(0, maxTextLength),
  };
}
