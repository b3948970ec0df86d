import { bundleToJSON } from '@sigstore/bundle';
import { DSSEBundleBuilder, FulcioSigner, type Signer as SigstoreSigner, type Witness } from '@sigstore/sign';
import { ConductorError, ProviderError } from '../../core/errors.ts';
import type { Signer } from '../../core/ports/signer.ts';
import { keyOfPem } from './evidence-key.ts';
import type { EvidenceKey } from './signing-key.ts';

/** A signer whose key is known beforehand. */
export interface KeySigner extends Signer {
  /** PEM (SPKI) and hint under which verifiers know the key. */
  publicKey(): Promise<{ readonly pem: string; readonly hint: string }>;
}

/**
 * Signs with the key that `open` gives, asked anew for each signature: ECDSA P-256 with SHA-256 over the DSSE
 * pre-authentication encoding, in a sigstore bundle v0.3 that names the key by its hint. Without witnesses, signing and
 * verifying work offline.
 *
 * @throws as `open`; ProviderError `WITNESS_FAILED` when a witness does not answer.
 */
export function keySigner(open: () => Promise<EvidenceKey>, witnesses: readonly Witness[] = []): KeySigner {
  return {
    attest: async (payload, type) => {
      const key = await open();
      const signer: SigstoreSigner = {
        sign: async (data) => ({
          signature: await key.sign(data),
          key: { $case: 'publicKey', publicKey: key.publicPem, hint: key.hint },
        }),
      };
      return bundleOf(signer, witnesses, payload, type);
    },
    publicKey: async () => {
      const { publicPem, hint } = await open();
      return { pem: publicPem, hint };
    },
  };
}

/** Signs with a key that this process holds. @throws InputError `BAD_SIGNING_KEY` */
export function localKeySigner({ privateKeyPem }: { readonly privateKeyPem: string }): KeySigner {
  const key = keyOfPem(privateKeyPem);
  return keySigner(async () => key);
}

/**
 * Signs without a key of one's own: a key of one use, for which Fulcio gives a certificate to whoever `token` says that
 * we are. The witnesses prove when that was: without one nobody can verify it after ten minutes.
 *
 * @param options.token an OIDC token with the audience `sigstore`. It never becomes part of a message.
 * @throws ProviderError `SIGNING_SERVICE_FAILED`, `WITNESS_FAILED`; whatever `token` throws.
 */
export function keylessSigner(options: {
  readonly fulcioUrl: string;
  readonly token: () => Promise<string>;
  readonly witnesses: readonly Witness[];
}): Signer {
  return {
    attest: async (payload, type) => {
      const token = await options.token();
      const fulcio = new FulcioSigner({
        fulcioBaseURL: options.fulcioUrl,
        identityProvider: { getToken: async () => token },
        retry: 2,
        timeout: 10_000,
      });
      const signer: SigstoreSigner = {
        sign: (data) =>
          fulcio.sign(data).catch(() => {
            // No cause: the library quotes the token in some of its messages.
            throw unavailable('SIGNING_SERVICE_FAILED', `The certificate authority at ${options.fulcioUrl}`);
          }),
      };
      return bundleOf(signer, options.witnesses, payload, type);
    },
  };
}

async function bundleOf(
  signer: SigstoreSigner,
  witnesses: readonly Witness[],
  payload: Uint8Array,
  type: string,
): Promise<Uint8Array> {
  const builder = new DSSEBundleBuilder({ signer, witnesses: [...witnesses] });
  const bundle = await builder.create({ data: Buffer.from(payload), type }).catch((cause: unknown) => {
    if (cause instanceof ConductorError) throw cause;
    throw unavailable('WITNESS_FAILED', 'A transparency log or timestamp authority', cause);
  });
  return new TextEncoder().encode(`${JSON.stringify(bundleToJSON(bundle))}\n`);
}

function unavailable(code: string, what: string, cause?: unknown): ProviderError {
  return new ProviderError(
    code,
    `${what} did not do its part of the signature`,
    'It is tried again; look at the services that FULCIO_URL, REKOR_URL and TIMESTAMP_URL name.',
    { retryable: true, cause },
  );
}
