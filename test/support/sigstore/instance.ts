import { type KeyObject, sign } from 'node:crypto';
import {
  type Extension,
  type KeyPair,
  leafCertificate,
  newKey,
  rootCertificate,
  sha256,
  spki,
} from './certificates.ts';
import { context, type Der, sequence, utf8 } from './der.ts';
import { artifactBody, envelopeBody, logAddress, logEntry } from './log.ts';

/** Everything about one signing that a test may want otherwise. */
export interface Signing {
  readonly identity?: string;
  /** More than one subject alternative name. */
  readonly otherIdentity?: string;
  readonly issuer?: string;
  /** What the certificate says of the run, beside identity and issuer; null takes a claim away. */
  readonly claims?: Readonly<
    Partial<Record<'repository' | 'ref' | 'commit' | 'runner' | 'workflow', string | null>>
  >;
  /** When the certificate begins, ms; it lasts ten minutes. */
  readonly certifiedAt?: number;
  /** When the log took the entry, ms. */
  readonly loggedAt?: number;
  /** The key that the log entry names as the signer's, as PEM. */
  readonly loggedAs?: string;
  readonly withoutLog?: boolean;
  readonly withoutSct?: boolean;
}

export const now = Date.parse('2026-05-04T12:00:00Z');
export const githubIssuer = 'https://token.actions.githubusercontent.com';
export const repository = 'https://github.com/acme/shop';
export const commit = 'a'.repeat(40);
export const releaseWorkflow = `${repository}/.github/workflows/release.yml@refs/tags/v1.4.0`;

const claimNumbers = { runner: 11, repository: 12, commit: 13, ref: 14, workflow: 18 } as const;

/** A whole sigstore of one's own: certificate authority, certificate log, transparency log. */
export class SigstoreInstance {
  readonly #ca = newKey();
  readonly #ctLog = newKey();
  readonly #log = newKey();
  readonly #name: string;

  constructor(name = 'test') {
    this.#name = name;
  }

  /** `trusted_root.json` of this instance. */
  trustedRoot(): string {
    const validFor = { start: '2025-01-01T00:00:00Z' };
    const log = ({ publicKey }: KeyPair) => ({
      baseUrl: logAddress,
      hashAlgorithm: 'SHA2_256',
      publicKey: {
        rawBytes: spki(publicKey).toString('base64'),
        keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        validFor,
      },
      logId: { keyId: sha256(spki(publicKey)).toString('base64') },
    });
    const root = rootCertificate(this.#name, this.#ca, now).toString('base64');
    return JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [log(this.#log)],
      certificateAuthorities: [
        {
          subject: { commonName: this.#name },
          uri: '',
          certChain: { certificates: [{ rawBytes: root }] },
          validFor,
        },
      ],
      ctlogs: [log(this.#ctLog)],
      timestampAuthorities: [],
    });
  }

  /** A bundle (v0.3) with a DSSE envelope over a statement. */
  attest(statement: unknown, signing: Signing = {}) {
    const payload = Buffer.from(JSON.stringify(statement));
    return this.#sign(signing, ({ privateKey }, pem) => {
      const signature = sign('sha256', preAuthEncoding(payload), privateKey);
      return {
        body: envelopeBody(payload, signature, pem),
        content: { dsseEnvelope: envelope(payload, signature) },
      };
    });
  }

  /** A bundle (v0.3) with a signature over the artifact itself. */
  signArtifact(artifact: Uint8Array, signing: Signing = {}) {
    return this.#sign(signing, ({ privateKey }, pem) => {
      const signature = sign('sha256', artifact, privateKey);
      return {
        body: artifactBody(artifact, signature, pem),
        content: {
          messageSignature: {
            messageDigest: { algorithm: 'SHA2_256', digest: sha256(artifact).toString('base64') },
            signature: signature.toString('base64'),
          },
        },
      };
    });
  }

  /** The same as cosign 2 wrote it. */
  signArtifactLikeCosign(artifact: Uint8Array, signing: Signing = {}) {
    const { verificationMaterial, ...content } = this.signArtifact(artifact, signing);
    const { signature } = (content as unknown as { messageSignature: { signature: string } })
      .messageSignature;
    const [entry] = verificationMaterial.tlogEntries;
    return {
      base64Signature: signature,
      cert: Buffer.from(pemOf(Buffer.from(verificationMaterial.certificate.rawBytes, 'base64'))).toString(
        'base64',
      ),
      rekorBundle: {
        SignedEntryTimestamp: entry?.inclusionPromise.signedEntryTimestamp,
        Payload: {
          body: entry?.canonicalizedBody,
          integratedTime: Number(entry?.integratedTime),
          logIndex: 0,
          logID: Buffer.from(entry?.logId.keyId ?? '', 'base64').toString('hex'),
        },
      },
    };
  }

  /** The same with a key instead of a certificate, logged. */
  signArtifactWithKey(artifact: Uint8Array, { publicKey, privateKey }: KeyPair) {
    const signature = signWith(artifact, privateKey);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    return {
      mediaType,
      verificationMaterial: {
        publicKey: { hint: sha256(spki(publicKey)).toString('base64') },
        tlogEntries: [logEntry(this.#log, artifactBody(artifact, signature, pem), now)],
      },
      messageSignature: {
        messageDigest: { algorithm: 'SHA2_256', digest: sha256(artifact).toString('base64') },
        signature: signature.toString('base64'),
      },
    };
  }

  #sign(
    signing: Signing,
    make: (
      key: KeyPair,
      pem: string,
    ) => { body: Parameters<typeof logEntry>[1]; content: Record<string, unknown> },
  ) {
    const key = newKey();
    const certificate = leafCertificate({
      ca: { name: this.#name, key: this.#ca },
      ctLog: signing.withoutSct ? null : this.#ctLog,
      publicKey: key.publicKey,
      from: signing.certifiedAt ?? now,
      extensions: extensionsOf(signing),
    });
    const { body, content } = make(key, signing.loggedAs ?? pemOf(certificate));
    const entry = logEntry(this.#log, body, signing.loggedAt ?? (signing.certifiedAt ?? now) + 1_000);
    return {
      mediaType,
      verificationMaterial: {
        certificate: { rawBytes: certificate.toString('base64') },
        tlogEntries: signing.withoutLog ? [] : [entry],
      },
      ...content,
    };
  }
}

const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A DSSE envelope signed with a key, without a bundle around it. */
export function envelopeByKey(statement: unknown, privateKey: KeyObject) {
  const payload = Buffer.from(JSON.stringify(statement));
  return envelope(payload, signWith(preAuthEncoding(payload), privateKey));
}

/** Ed25519 signs the message itself, the others its digest. */
export function signWith(message: Uint8Array, privateKey: KeyObject): Buffer {
  return sign(privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256', message, privateKey);
}

function envelope(payload: Buffer, signature: Buffer) {
  return {
    payload: payload.toString('base64'),
    payloadType: 'application/vnd.in-toto+json',
    signatures: [{ sig: signature.toString('base64'), keyid: '' }],
  };
}

/** https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */
function preAuthEncoding(payload: Buffer): Buffer {
  const type = 'application/vnd.in-toto+json';
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}

function extensionsOf({
  identity = releaseWorkflow,
  otherIdentity,
  issuer = githubIssuer,
  claims,
}: Signing): Extension[] {
  const names = otherIdentity === undefined ? [identity] : [identity, otherIdentity];
  const all = {
    runner: 'github-hosted',
    repository,
    commit,
    ref: 'refs/tags/v1.4.0',
    workflow: releaseWorkflow,
    ...claims,
  };
  const uri = (text: string): Der => context(text.includes('://') ? 6 : 1, Buffer.from(text), false);
  return [
    { id: '2.5.29.17', critical: true, value: sequence(...names.map(uri)) },
    { id: '1.3.6.1.4.1.57264.1.8', value: utf8(issuer) },
    ...Object.entries(all).flatMap(([claim, text]) =>
      text === null
        ? []
        : [
            {
              id: `1.3.6.1.4.1.57264.1.${claimNumbers[claim as keyof typeof claimNumbers]}`,
              value: utf8(text),
            },
          ],
    ),
  ];
}

function pemOf(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
