import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ChangeState } from '../../core/change/state.ts';
import type { Invocation, Place } from '../../core/commands/command.ts';
import { parseComment } from '../../core/commands/grammar.ts';
import type { AggregateRef } from '../../core/flow/event.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { authenticate, type CommandPorts, issueCommand, readSubject } from './callers.ts';
import { refusals } from './refusals.ts';
import { refused } from './refused.ts';
import { signedRequest } from './signed-request.ts';

const subjectSchema = z.object({
  release: z.string().min(1).max(128).optional().describe('Tag of the release'),
  pull_request: z.coerce.number<number | string>().int().positive().optional(),
});

const requestSchema = subjectSchema.extend({
  schema_version: z.literal(1).default(1),
  command: z
    .string()
    .max(1_000)
    .describe('As it is written in a comment: `/promote 50`, `/lock 2h load test`, `/rollback --dry-run`'),
  trace_id: z.string().min(1).max(128).describe('The same trace is the same request, however often it comes'),
});

const acceptedSchema = z.object({
  accepted: z.literal(true),
  id: z.string().describe('Ask GET /v1/commands for what became of it'),
  command: z.string(),
  issue: z.number().describe('The answer is posted there'),
  trace_id: z.string(),
});

const answerSchema = z.object({
  id: z.string(),
  outcome: z.enum(['pending', 'answered', 'waiting', 'accepted', 'refused', 'malformed', 'ignored']),
  codes: z.array(z.string()).describe('Reason codes, the same as in the reply and the audit log'),
});

type Answer = z.infer<typeof answerSchema>;

/** Every command over the API: the same grammar, the same decision and the same reason codes as in a comment. */
export function addCommands(api: OpenAPIHono, ports: CommandPorts): void {
  const post = createRoute({
    method: 'post',
    path: '/v1/commands',
    summary: 'Give a command to a release or a pull request, as the person who started the job',
    security: [{ oidc: [] }],
    request: { body: { required: true, content: { 'application/json': { schema: requestSchema } } } },
    responses: {
      202: { description: 'Taken', content: { 'application/json': { schema: acceptedSchema } } },
      ...refusals,
    },
  });
  const get = createRoute({
    method: 'get',
    path: '/v1/commands',
    summary: 'What became of the commands of a release or a pull request, newest first',
    request: { query: subjectSchema.extend({ repository: z.string(), id: z.string().optional() }) },
    responses: {
      200: {
        description: 'Commands',
        content: { 'application/json': { schema: z.object({ commands: z.array(answerSchema) }) } },
      },
      ...refusals,
    },
  });
  api.openapi(post, async (context) => {
    const request = context.req.valid('json');
    const caller = await authenticate(await signedRequest(context.req), ports);
    const ref = refOf(caller.repository, request);
    const invocation = parseOne(request.command, ref.kind === 'release' ? 'release' : 'pull request');
    const issue = await issueOf(ref, ports);
    const id = await issueCommand(
      caller,
      { ref, invocation, issue, path: '/v1/commands', body: request },
      ports,
    );
    const { name: command } = invocation.command;
    return context.json({ accepted: true as const, id, command, issue, trace_id: request.trace_id }, 202);
  });
  api.openapi(get, async (context) => {
    const { repository, id, ...subject } = context.req.valid('query');
    const state = await readSubject<ReleaseState | ChangeState>(ports, refOf(repository, subject));
    const pending = Object.keys(state.assessing).map(
      (key): Answer => ({ id: key, outcome: 'pending', codes: [] }),
    );
    const answered = state.answers
      .filter(({ key }) => state.assessing[key] === undefined)
      .map(({ key, outcome, codes }): Answer => ({ id: key, outcome, codes: [...codes] }));
    const commands = [...answered, ...pending].toReversed();
    return context.json({ commands: commands.filter((one) => id === undefined || one.id === id) }, 200);
  });
}

function refOf(repository: string, subject: z.infer<typeof subjectSchema>): AggregateRef {
  const { release, pull_request: pull } = subject;
  if (release !== undefined && pull === undefined) return { kind: 'release', repository, key: release };
  if (pull !== undefined && release === undefined) return { kind: 'change', repository, key: `pr/${pull}` };
  throw refused(400, 'SUBJECT_MISSING', 'name either a release or a pull_request');
}

function parseOne(text: string, place: Place): Invocation {
  const parsed = parseComment(text, place);
  if (parsed.kind === 'problem') throw refused(422, parsed.code, parsed.message);
  if (parsed.kind === 'none') throw refused(422, 'NOT_A_COMMAND', 'this is no command');
  const [invocation, ...more] = parsed.invocations;
  if (invocation !== undefined && more.length === 0) return invocation;
  throw refused(422, 'TOO_MANY_COMMANDS', 'there are several commands');
}

async function issueOf(ref: AggregateRef, ports: CommandPorts): Promise<number> {
  const state = await readSubject<Partial<ReleaseState> & Partial<ChangeState>>(ports, ref);
  const issue = ref.kind === 'release' ? state.trackingIssue : state.pullRequest;
  if (issue != null) return issue;
  throw refused(409, 'RELEASE_NOT_READY', 'the release has no tracking issue yet');
}
