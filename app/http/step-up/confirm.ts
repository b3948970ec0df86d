import { randomBytes } from 'node:crypto';
import {
  countPasskeyUse,
  passkeysOf,
  putChallenge,
  readAggregate,
  readStepUp,
  type StoredStepUp,
  takeChallenge,
  useStepUp,
} from '../../../adapters/postgres/index.ts';
import { confirmationOptions, verifyConfirmation } from '../../../adapters/webauthn/index.ts';
import type { DeskState } from '../../../core/commands/desk/state.ts';
import { challengeOf, credentialName } from '../../../core/stepup/binding.ts';
import { isUsable, type Passkey } from '../../../core/stepup/passkey.ts';
import { applyEvents } from '../../flow/apply.ts';
import { RequestProblem } from '../problem.ts';
import type { StepUpPorts } from './ports.ts';
import type { Session } from './session.ts';

/**
 * The page as it can be used at this moment.
 *
 * @throws RequestProblem `STEP_UP_UNKNOWN`, `STEP_UP_USED`, `STEP_UP_EXPIRED`, `STEP_UP_GONE`.
 */
export async function openPage(id: string, ports: StepUpPorts): Promise<StoredStepUp> {
  const page = /^[\w-]{20,80}$/.test(id) ? await readStepUp(ports.database, id) : null;
  if (page === null) throw problem(404, 'STEP_UP_UNKNOWN', 'There is no such page');
  if (page.used) throw problem(410, 'STEP_UP_USED', 'This was confirmed already; the page works once');
  if (page.request.until <= ports.now())
    throw problem(410, 'STEP_UP_EXPIRED', 'The time for this confirmation is over');
  if (!(await isAwaited(page, ports))) {
    throw problem(410, 'STEP_UP_GONE', 'The command does not wait for this any more');
  }
  return page;
}

/** Only the person who gave the command confirms it. */
export function assertSamePerson({ request }: StoredStepUp, { login }: Session): void {
  if (request.login.toLowerCase() === login.toLowerCase()) return;
  throw problem(403, 'OTHER_PERSON', `${request.login} has to confirm this; you are signed in as ${login}`);
}

/** What the browser asks the passkey. Each asking makes the one before worthless. */
export async function askForConfirmation(page: StoredStepUp, session: Session, ports: StepUpPorts) {
  const passkeys = await usablePasskeys(session, ports);
  if (passkeys.length === 0) throw problem(409, 'NO_PASSKEY', 'You have no passkey that can be used yet');
  const challenge = challengeOf(page.request, randomBytes(32).toString('base64url'));
  await putChallenge(ports.database, page.id, challenge);
  return confirmationOptions({ origin: ports.origin() }, passkeys, challenge);
}

/**
 * Takes the passkey's answer. The page, the passkey's counter and what the release hears are one transaction.
 *
 * @throws VerificationError `PASSKEY_INVALID`; RequestProblem as `openPage`.
 */
export async function confirm(
  page: StoredStepUp,
  session: Session,
  answer: unknown,
  ports: StepUpPorts,
): Promise<void> {
  const challenge = await takeChallenge(ports.database, page.id);
  if (challenge === null)
    throw problem(409, 'NOT_ASKED', 'The passkey was not asked, or has answered already');
  const passkeys = await usablePasskeys(session, ports);
  const { passkey, counter } = await verifyConfirmation(
    { origin: ports.origin() },
    answer,
    passkeys,
    challenge,
  );
  await ports.database.transaction(async (tx) => {
    const now = ports.now();
    if (!(await useStepUp(tx, page.id, now))) {
      throw problem(410, 'STEP_UP_USED', 'This was confirmed already, or its time is over');
    }
    await countPasskeyUse(tx, passkey.id, counter);
    const stepUp = { login: session.login, at: now, credential: credentialName(passkey.id) };
    const event = { type: 'step-up.confirmed', demand: page.request.demand, stepUp } as const;
    await applyEvents(tx, [{ ref: page.request.aggregate, event }], ports, now);
  });
  ports.log.info({ login: session.login, command: page.request.command.name }, 'A command was confirmed');
}

export async function usablePasskeys({ userId }: Session, ports: StepUpPorts): Promise<readonly Passkey[]> {
  const now = ports.now();
  return (await passkeysOf(ports.database, userId)).filter((passkey) => isUsable(passkey, now));
}

async function isAwaited({ request }: StoredStepUp, { database }: StepUpPorts): Promise<boolean> {
  const stored = await readAggregate(database, request.aggregate);
  const { demands = [] } = (stored?.state ?? {}) as Partial<DeskState>;
  return demands.some(({ n, stepUp }) => n === request.demand && stepUp === null);
}

export function problem(status: number, code: string, message: string): RequestProblem {
  return new RequestProblem({ status, code, message, help: help[code] ?? '' });
}

const help: Readonly<Record<string, string>> = {
  STEP_UP_UNKNOWN: 'Open the link from the reply to your command.',
  STEP_UP_USED: 'Look at the reply to your command: it says what followed.',
  STEP_UP_EXPIRED: 'Write the command again; the reply has a new link.',
  STEP_UP_GONE: 'Look at the reply to your command: it says why.',
  OTHER_PERSON: 'Sign in to GitHub as that person, or ask them.',
  NO_PASSKEY: 'Register one, and use it once it counts.',
  NOT_ASKED: 'Try again.',
};
