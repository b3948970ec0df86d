import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import type { OidcVerifier } from '../../adapters/oidc/verifier.ts';
import { ConductorError } from '../../core/errors.ts';
import { gateNameSchema } from '../../core/gate/names.ts';
import { gateResultSchema } from '../../core/gate/result.ts';
import type { Log } from '../../core/ports/system.ts';
import { silentTracing } from '../../core/ports/tracing.ts';
import { type IntakePorts, takeIn } from '../evidence/intake.ts';
import { readSubmission, submissionLimits } from '../evidence/multipart.ts';
import { jobToken } from './bearer.ts';
import type { Problem } from './problem.ts';
import { answerProblem } from './problem-page.ts';
import { refusals } from './refusals.ts';

export interface EvidencePorts extends IntakePorts {
  readonly oidc: OidcVerifier;
  readonly log: Log;
  readonly evidenceReceived: (gate: string, outcome: string) => void;
}

const path = '/v1/evidence';

/** `POST /v1/evidence`: takes in what a gate's job found. */
export function addEvidence(api: OpenAPIHono, ports: EvidencePorts): void {
  api.use(
    path,
    bodyLimit({
      maxSize: submissionLimits.totalBytes + 10 * 1_048_576,
      onError: ({ req }) => answerProblem(req.raw, tooLarge),
    }),
  );
  api.openAPIRegistry.registerComponent('schemas', 'GateResult', z.toJSONSchema(gateResultSchema) as object);
  // Described, but read by `readSubmission`: the validator would keep every file in memory twice.
  api.openAPIRegistry.registerPath(evidenceRoute);
  api.post(path, async (context) => {
    const { span } = ports.tracing ?? silentTracing;
    const parent = context.req.header('traceparent');
    const report = await span(`POST ${path}`, { parent }, () => acceptEvidence(context.req.raw, ports));
    return context.json(
      { accepted: true as const, gate: report.gate, result_sha256: report.resultSha256 },
      202,
    );
  });
}

const evidenceRoute = createRoute({
  method: 'post',
  path,
  summary: "Submit a gate result with the job's OIDC token",
  security: [{ oidc: [] }],
  request: {
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: z.object({
            result: z.any().openapi({ type: 'string', description: 'The GateResult as JSON' }),
            file: z.any().openapi({ type: 'array', items: { type: 'string', format: 'binary' } }),
          }),
        },
      },
    },
  },
  responses: {
    202: {
      description: 'Believed and stored; the check follows',
      content: {
        'application/json': {
          schema: z.object({ accepted: z.literal(true), gate: gateNameSchema, result_sha256: z.string() }),
        },
      },
    },
    ...refusals,
  },
});

async function acceptEvidence(request: Request, ports: EvidencePorts): ReturnType<typeof takeIn> {
  try {
    const token = jobToken(request.headers.get('authorization'));
    const claims = await ports.oidc.verify(token, ports.now());
    // Any job on GitHub can get a token for us: bytes are taken from where the App is installed alone.
    await ports.forgeFor(claims.repository);
    const { result, files } = await readSubmission(request, ports.blobs);
    const report = await takeIn({ claims, result, files }, ports);
    ports.evidenceReceived(result.gate, 'accepted');
    ports.log.info(
      { repository: claims.repository, gate: result.gate, verdict: result.verdict, sha: result.subject.sha },
      'A gate result was accepted',
    );
    return report;
  } catch (error) {
    const code = error instanceof ConductorError ? error.code : 'INTERNAL';
    ports.evidenceReceived('any', code);
    ports.log.warn({ code, reason: (error as Error).message }, 'A gate result was refused');
    throw error;
  }
}

const tooLarge: Problem = {
  status: 413,
  code: 'SUBMISSION_TOO_LARGE',
  message: 'The submission is larger than 64 MiB',
  help: 'Narrow what the gate reads.',
};
