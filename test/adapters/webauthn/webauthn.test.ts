import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { confirmationOptions, verifyConfirmation } from '../../../adapters/webauthn/index.ts';
import type { Command } from '../../../core/commands/command.ts';
import { challengeOf } from '../../../core/stepup/binding.ts';
import type { StepUpRequest } from '../../../core/stepup/pages.ts';
import type { Passkey } from '../../../core/stepup/passkey.ts';

const site = { origin: 'https://conductor.example.org' };
const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();

/** A security key in software: it signs whatever it is told, which no real one would. */
function softwareKey(counter = 0) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  // COSE_Key of ES256: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
  const cose = Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);
  const passkey: Passkey = {
    id: sha256(cose).toString('base64url'),
    userId: 7,
    login: 'ada',
    publicKey: cose.toString('base64url'),
    counter,
    transports: ['internal'],
    createdAt: 0,
    usableFrom: 0,
  };
  return { passkey, privateKey };
}

const { passkey, privateKey } = softwareKey(5);
const question = challengeOf(requestFor({ name: 'promote', weight: 50, sha: null }), 'nonce');

function requestFor(command: Command, change: Partial<StepUpRequest> = {}): StepUpRequest {
  return {
    aggregate: { kind: 'release', repository: 'acme/shop', key: 'v1.1.0' },
    demand: 1,
    login: 'ada',
    command,
    sha: 'a'.repeat(40),
    weight: 50,
    at: 0,
    until: 1,
    key: 'k',
    ...change,
  };
}

interface Signed {
  readonly challenge?: string;
  readonly origin?: string;
  readonly type?: string;
  readonly rpId?: string;
  /** 1: the person was there, 4: and was verified. */
  readonly flags?: number;
  readonly counter?: number;
  readonly key?: typeof privateKey;
  readonly id?: string;
}

function answer(change: Signed = {}) {
  const {
    challenge = question,
    origin = site.origin,
    type = 'webauthn.get',
    rpId = 'conductor.example.org',
  } = change;
  const { flags = 5, counter = 6, key = privateKey, id = passkey.id } = change;
  const client = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const data = Buffer.concat([sha256(rpId), Buffer.from([flags]), count]);
  const signature = sign('sha256', Buffer.concat([data, sha256(client)]), key);
  return {
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
    },
  };
}

const verify = (response: unknown, challenge = question) =>
  verifyConfirmation(site, response, [passkey], challenge);

describe('a confirmation', () => {
  it('of this key, for this question, on this site, by a person who was verified counts', async () => {
    expect(await verify(answer())).toEqual({ passkey, counter: 6 });
  });

  it.each<[string, unknown]>([
    ['another origin', answer({ origin: 'https://conductor.example.org.evil.example' })],
    ['the same host without TLS', answer({ origin: 'http://conductor.example.org' })],
    ['another port', answer({ origin: 'https://conductor.example.org:8443' })],
    ['another site (rpId)', answer({ rpId: 'evil.example' })],
    ['a wider site (rpId)', answer({ rpId: 'example.org' })],
    ['another question', answer({ challenge: Buffer.from('other').toString('base64url') })],
    ['a registration', answer({ type: 'webauthn.create' })],
    ['a person who was not there', answer({ flags: 4 })],
    ['a person who was not verified', answer({ flags: 1 })],
    ['a counter that stands still: a copy of the key', answer({ counter: 5 })],
    ['a counter that goes back', answer({ counter: 4 })],
    ['another key under this name', answer({ key: softwareKey().privateKey })],
    ['a key of nobody here', answer({ id: softwareKey().passkey.id })],
    ['no signature', { ...answer(), response: { ...answer().response, signature: '' } }],
    ['nothing', null],
    ['text', 'yes'],
  ])('of %s does not', async (_name, response) => {
    await expect(verify(response)).rejects.toMatchObject({ code: 'PASSKEY_INVALID' });
  });
});

describe('the question that a passkey signs', () => {
  const promote: Command = { name: 'promote', weight: 50, sha: null };
  it.each<[string, StepUpRequest, string]>([
    ['another command', requestFor({ name: 'promote', weight: 100, sha: null }), 'nonce'],
    ['another commit', requestFor(promote, { sha: 'b'.repeat(40) }), 'nonce'],
    ['another step', requestFor(promote, { weight: 100 }), 'nonce'],
    ['another person', requestFor(promote, { login: 'grace' }), 'nonce'],
    ['another waiting command', requestFor(promote, { demand: 2 }), 'nonce'],
    [
      'another release',
      requestFor(promote, { aggregate: { kind: 'release', repository: 'acme/shop', key: 'v2' } }),
      'nonce',
    ],
    ['another asking', requestFor(promote), 'nonce 2'],
  ])('is another one for %s', (_name, request, nonce) => {
    expect(challengeOf(request, nonce)).not.toBe(question);
  });

  it('is asked of the person’s own keys, with verification', async () => {
    const options = await confirmationOptions(site, [passkey], question);
    expect(options).toMatchObject({
      rpId: 'conductor.example.org',
      challenge: question,
      userVerification: 'required',
      allowCredentials: [{ id: passkey.id }],
    });
  });
});
