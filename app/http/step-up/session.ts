import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { seal, unseal } from '../../../core/stepup/seal.ts';
import { RequestProblem } from '../problem.ts';
import type { StepUpPorts } from './ports.ts';

/** How long somebody stays signed in, and may take to sign in, ms. */
const lifetime = 600_000;

const sessionSchema = z.object({ login: z.string(), userId: z.int(), csrf: z.string() });
export type Session = z.infer<typeof sessionSchema>;

const signInSchema = z.object({ state: z.string(), verifier: z.string(), back: z.string() });
type SignIn = z.infer<typeof signInSchema>;

const names = { session: 'rc_session', signIn: 'rc_sign_in' } as const;

export function startSession(context: Context, ports: StepUpPorts, who: Omit<Session, 'csrf'>): void {
  write(context, ports, names.session, { ...who, csrf: randomBytes(16).toString('base64url') });
}

export function readSession(context: Context, ports: StepUpPorts): Session | null {
  return read(context, ports, names.session, sessionSchema);
}

/** What has to come back from GitHub, kept in the browser that was sent there. */
export function startSignIn(context: Context, ports: StepUpPorts, back: string): SignIn {
  const signIn = {
    state: randomBytes(16).toString('base64url'),
    verifier: randomBytes(32).toString('base64url'),
    back,
  };
  write(context, ports, names.signIn, signIn);
  return signIn;
}

/** Taken once. */
export function takeSignIn(context: Context, ports: StepUpPorts): SignIn | null {
  const signIn = read(context, ports, names.signIn, signInSchema);
  deleteCookie(context, names.signIn, { path: '/step-up' });
  return signIn;
}

/**
 * The session of a request that changes something. It comes from a page of ours, by a script of ours: the browser says
 * where it comes from, and the token of the page says that the page was read.
 *
 * @throws RequestProblem `SIGNED_OUT`, `FOREIGN_ORIGIN`.
 */
export function sessionOfWrite(context: Context, ports: StepUpPorts): Session {
  const session = readSession(context, ports);
  if (session === null) throw problems.signedOut;
  const isOurs =
    context.req.header('origin') === ports.origin() && context.req.header('x-csrf-token') === session.csrf;
  if (!isOurs) throw problems.foreign;
  return session;
}

function write(context: Context, { key, now, origin }: StepUpPorts, name: string, value: unknown): void {
  setCookie(context, name, seal({ name, value }, now() + lifetime, key), {
    path: '/step-up',
    httpOnly: true,
    // The browser comes back from GitHub by a link: a strict cookie would stay behind.
    sameSite: 'Lax',
    secure: origin().startsWith('https:'),
    maxAge: lifetime / 1_000,
  });
}

function read<Value>(
  context: Context,
  { key, now }: StepUpPorts,
  name: string,
  schema: z.ZodType<Value>,
): Value | null {
  const sealed = z
    .object({ name: z.literal(name), value: schema })
    .safeParse(unseal(getCookie(context, name), now(), key));
  return sealed.success ? sealed.data.value : null;
}

const problems = {
  signedOut: new RequestProblem({
    status: 401,
    code: 'SIGNED_OUT',
    message: 'You are not signed in any more',
    help: 'Open the link again and sign in.',
  }),
  foreign: new RequestProblem({
    status: 403,
    code: 'FOREIGN_ORIGIN',
    message: 'This request does not come from a page of the Conductor',
    help: 'Open the link from the reply to your command.',
  }),
};
