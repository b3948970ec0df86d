import { InputError } from '../../core/errors.ts';
import type { Signer } from '../../core/ports/signer.ts';
import { openEvidenceKey } from './evidence-key.ts';
import { keylessSigner, keySigner } from './signer.ts';
import { openWitnesses } from './witnesses.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Sigstore's public services, which FULCIO_URL and REKOR_URL replace. */
const publicFulcio = 'https://fulcio.sigstore.dev';
const publicRekor = 'https://rekor.sigstore.dev';

/**
 * Signs as whoever runs this: with SIGNING_KEY when it is set, else as the job of GitHub Actions that it is (keyless).
 *
 * @param token an OIDC token of the job with the audience `sigstore`; null: this is no job that gets one.
 * @throws InputError `NO_SIGNER` when there is neither.
 */
export function openOwnSigner(env: Env, token: (() => Promise<string>) | null, ask: typeof fetch): Signer {
  const timestampUrl = env.TIMESTAMP_URL || undefined;
  const rekorUrl = env.REKOR_URL || undefined;
  if (env.SIGNING_KEY) {
    const configured = env.SIGNING_KEY;
    const open = () => openEvidenceKey({ dataDir: '', configured, env, fetch: ask });
    return keySigner(open, openWitnesses({ rekorUrl, timestampUrl, fetch: ask }));
  }
  if (token === null) {
    throw new InputError(
      'NO_SIGNER',
      'expected a job of GitHub Actions with `id-token: write`, or SIGNING_KEY',
      'give the job `permissions: {id-token: write}`, or set SIGNING_KEY to a P-256 key',
    );
  }
  const witnesses = openWitnesses({ rekorUrl: rekorUrl ?? publicRekor, timestampUrl, fetch: ask });
  return keylessSigner({ fulcioUrl: env.FULCIO_URL || publicFulcio, token, witnesses });
}
