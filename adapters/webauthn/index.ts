import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { VerificationError } from '../../core/errors.ts';
import type { Passkey } from '../../core/stepup/passkey.ts';

/** EdDSA, ES256 and RS256, by their COSE numbers. */
const algorithms = [-8, -7, -257];

/** Where passkeys are used: the address of the Conductor as the browser sees it. */
export interface RelyingParty {
  /** `https://conductor.example.org` */
  readonly origin: string;
}

/** What the browser has to be asked for, to register a passkey. */
export function registrationOptions(
  { origin }: RelyingParty,
  who: { readonly login: string; readonly userId: number },
  known: readonly Passkey[],
  challenge: string,
) {
  return generateRegistrationOptions({
    rpName: 'Release Conductor',
    rpID: new URL(origin).hostname,
    userName: who.login,
    userID: new TextEncoder().encode(`github/${who.userId}`),
    challenge: Buffer.from(challenge, 'base64url'),
    attestationType: 'none',
    supportedAlgorithmIDs: algorithms,
    excludeCredentials: known.map(({ id, transports }) => ({ id, transports: [...transports] })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  });
}

/**
 * The new passkey.
 *
 * @throws VerificationError `PASSKEY_INVALID`: another challenge, origin or site, or the person was not verified.
 */
export async function verifyRegistration(
  { origin }: RelyingParty,
  response: unknown,
  challenge: string,
): Promise<Pick<Passkey, 'id' | 'publicKey' | 'counter' | 'transports'>> {
  const result = await refuseErrors(() =>
    verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: new URL(origin).hostname,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    }),
  );
  if (!result.verified) throw invalid('it could not be verified');
  const { id, publicKey, counter, transports } = result.registrationInfo.credential;
  return {
    id,
    publicKey: Buffer.from(publicKey).toString('base64url'),
    counter,
    transports: transports ?? [],
  };
}

/** What the browser has to be asked for, to confirm with one of these passkeys. */
export function confirmationOptions(
  { origin }: RelyingParty,
  passkeys: readonly Passkey[],
  challenge: string,
) {
  return generateAuthenticationOptions({
    rpID: new URL(origin).hostname,
    challenge: Buffer.from(challenge, 'base64url'),
    allowCredentials: passkeys.map(({ id, transports }) => ({ id, transports: [...transports] })),
    userVerification: 'required',
  });
}

/**
 * The passkey that signed, and its new counter.
 *
 * @throws VerificationError `PASSKEY_INVALID`: not one of these, another challenge, origin or site, the person was
 * not verified, or a counter that does not rise (a copy of the key).
 */
export async function verifyConfirmation(
  { origin }: RelyingParty,
  response: unknown,
  passkeys: readonly Passkey[],
  challenge: string,
): Promise<{ readonly passkey: Passkey; readonly counter: number }> {
  const given = response as AuthenticationResponseJSON;
  const passkey = passkeys.find(({ id }) => id === given?.id);
  if (passkey === undefined) throw invalid('it is not a usable passkey of this person');
  const result = await refuseErrors(() =>
    verifyAuthenticationResponse({
      response: given,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: new URL(origin).hostname,
      requireUserVerification: true,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
        transports: [...passkey.transports],
      },
    }),
  );
  if (!result.verified) throw invalid('the signature is not of this passkey');
  return { passkey, counter: result.authenticationInfo.newCounter };
}

/** The library throws plain errors for everything that is not as it should be. */
async function refuseErrors<Value>(verify: () => Promise<Value>): Promise<Value> {
  try {
    return await verify();
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function invalid(why: string): VerificationError {
  return new VerificationError(
    'PASSKEY_INVALID',
    `The passkey did not confirm this: ${why.slice(0, 200)}`,
    'Open the page again and confirm there.',
  );
}
