import type { ServerResponse } from 'node:http';
import { ConductorError } from '../../core/errors.ts';
import { type Outage, outageOf } from '../flow/outage.ts';

/** What a refused request is told (RFC 9457), with our stable code and what to change. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

export function problemBody(problem: Problem): string {
  const { status, code, message, help } = problem;
  return JSON.stringify({ type: 'about:blank', title: message, status, code, message, help });
}

export function sendProblem(response: ServerResponse, problem: Problem): void {
  sendJson(response, problem.status, problemBody(problem), 'application/problem+json');
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: string,
  mediaType = 'application/json',
): void {
  response
    .writeHead(status, { 'content-type': mediaType, 'content-length': Buffer.byteLength(body) })
    .end(body);
}

/** A refusal thrown from inside a handler. */
export class RequestProblem extends ConductorError {
  readonly exitStatus = 2;
  readonly status: number;

  constructor(problem: Problem) {
    super(problem.code, problem.message, problem.help);
    this.status = problem.status;
  }
}

/** Never tells what went wrong inside. */
export const unexpectedProblem: Problem = {
  status: 500,
  code: 'INTERNAL',
  message: 'Something went wrong on our side',
  help: 'Try again; the log of the Conductor has the details under this time.',
};

/**
 * What a store that refuses to write means for the caller; whatever is not the operator's to mend tells nothing of
 * the inside.
 */
export function problemOfStore(error: unknown): Problem {
  const code = outageOf(error);
  return code === null ? { ...unexpectedProblem, status: 503 } : { status: 503, code, ...outages[code] };
}

const outages: Readonly<Record<Outage, Pick<Problem, 'message' | 'help'>>> = {
  DISK_FULL: {
    message: 'The disk of the database is full: nothing was stored',
    help: 'Free space on the disk of DATA_DIR, or of the server that DATABASE_URL names; then redeliver.',
  },
  DATABASE_BUSY: {
    message: 'The database takes no more connections: nothing was stored',
    help: 'Raise max_connections of the server, or run fewer replicas; then redeliver.',
  },
  DATABASE_UNAVAILABLE: {
    message: 'The database does not answer: nothing was stored',
    help: 'Start the database; /ready says when it is back.',
  },
};
