import { randomBytes } from 'node:crypto';
import { appendAudit, passkeysOf, removePasskey, storePasskey } from '../../../adapters/postgres/index.ts';
import { registrationOptions, verifyRegistration } from '../../../adapters/webauthn/index.ts';
import { credentialName } from '../../../core/stepup/binding.ts';
import { seal, unseal } from '../../../core/stepup/seal.ts';
import { problem } from './confirm.ts';
import type { StepUpPorts } from './ports.ts';
import type { Session } from './session.ts';

/** How long a registration may take, ms. */
const patience = 300_000;
const mostPasskeys = 10;

/**
 * Whoever is a collaborator of the repository may register passkeys for themselves.
 *
 * @throws RequestProblem `NOT_A_COLLABORATOR`; what GitHub does not say counts as no.
 */
export async function assertCollaborator(
  repository: string,
  { login }: Session,
  ports: StepUpPorts,
): Promise<void> {
  const role = await ports
    .forgeFor(repository)
    .then((forge) => forge.readRole(login))
    .catch(() => null);
  if (role === null) throw problem(403, 'NOT_A_COLLABORATOR', `${login} is no collaborator of ${repository}`);
}

/** What the browser asks for a new passkey; `ticket` comes back with the answer. */
export async function askForPasskey(session: Session, ports: StepUpPorts) {
  const known = await passkeysOf(ports.database, session.userId);
  if (known.length >= mostPasskeys)
    throw problem(409, 'TOO_MANY_PASSKEYS', `You have ${mostPasskeys} passkeys already`);
  const challenge = randomBytes(32).toString('base64url');
  const options = await registrationOptions({ origin: ports.origin() }, session, known, challenge);
  const ticket = seal({ challenge, userId: session.userId }, ports.now() + patience, ports.key);
  return { options, ticket };
}

/**
 * Keeps the new passkey. It counts only after a delay, and its owner is told on GitHub: whoever holds a stolen session
 * can register a key, but cannot use it before its owner had time to take it away.
 */
export async function addPasskey(
  repository: string,
  session: Session,
  answer: { readonly ticket: string; readonly response: unknown },
  ports: StepUpPorts,
): Promise<void> {
  const now = ports.now();
  const asked = unseal(answer.ticket, now, ports.key) as { challenge?: unknown; userId?: unknown } | null;
  if (asked === null || asked.userId !== session.userId || typeof asked.challenge !== 'string') {
    throw problem(409, 'NOT_ASKED', 'The registration has expired, or was begun by somebody else');
  }
  const made = await verifyRegistration({ origin: ports.origin() }, answer.response, asked.challenge);
  const { userId, login } = session;
  const usableFrom = now + ports.passkeyDelay;
  const name = credentialName(made.id);
  // Told first: a key that nobody heard of must not come to count.
  await tellOwner(repository, login, name, usableFrom, ports);
  await ports.database.transaction(async (tx) => {
    if (!(await storePasskey(tx, { ...made, userId, login, createdAt: now, usableFrom }))) {
      throw problem(409, 'PASSKEY_KNOWN', 'This passkey is registered already');
    }
    await appendAudit(tx, repository, null, [note('passkey.registered', login, name, usableFrom)], now);
  });
}

/** Takes a passkey of one's own away, at once. */
export async function dropPasskey(
  repository: string,
  session: Session,
  id: string,
  ports: StepUpPorts,
): Promise<void> {
  await ports.database.transaction(async (tx) => {
    if (!(await removePasskey(tx, id, session.userId)))
      throw problem(404, 'PASSKEY_UNKNOWN', 'You have no such passkey');
    const name = credentialName(id);
    await appendAudit(
      tx,
      repository,
      null,
      [note('passkey.removed', session.login, name, null)],
      ports.now(),
    );
  });
}

async function tellOwner(
  repository: string,
  login: string,
  name: string,
  usableFrom: number,
  ports: StepUpPorts,
): Promise<void> {
  const forge = await ports.forgeFor(repository);
  await forge.ensureIssue({
    key: `passkey/${name}`,
    title: `A passkey was registered for ${login}`,
    labels: ['security'],
    body: [
      `@${login}: a passkey (\`${name}\`) was registered in your name. It confirms commands from ${new Date(usableFrom).toISOString()} on.`,
      '',
      `If that was you, close this issue. If not, [remove it](${ports.origin()}/step-up/passkeys/${repository}) before then, and end your sessions on GitHub: somebody else is signed in as you.`,
    ].join('\n'),
  });
}

function note(action: string, actor: string, name: string, usableFrom: number | null) {
  const from = usableFrom === null ? {} : { usable_from: new Date(usableFrom).toISOString() };
  return { action, actor, reason: `passkey ${name}`, reasonCode: null, data: { credential: name, ...from } };
}
