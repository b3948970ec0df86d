import { sign } from 'node:crypto';
import { bundleToJSON } from '@sigstore/bundle';
import { DSSEBundleBuilder } from '@sigstore/sign';
import type { Signer } from '../../core/ports/signer.ts';
import { parseSigningKey } from './signing-key.ts';

/**
 * Signs with a key that this process holds: ECDSA P-256 with SHA-256 over the DSSE pre-authentication
 * encoding, in a sigstore bundle v0.3 that names the key by its hint. No transparency log is asked, so signing
 * and verifying work offline.
 *
 * @throws InputError `BAD_SIGNING_KEY`
 */
export function localKeySigner({ privateKeyPem }: { readonly privateKeyPem: string }): Signer {
  const { privateKey, publicPem, hint } = parseSigningKey(privateKeyPem);
  const builder = new DSSEBundleBuilder({
    signer: {
      sign: async (data) => ({
        signature: sign('sha256', data, privateKey),
        key: { $case: 'publicKey', publicKey: publicPem, hint },
      }),
    },
    witnesses: [],
  });
  return {
    async attest(payload, type) {
      const bundle = await builder.create({ data: Buffer.from(payload), type });
      return new TextEncoder().encode(`${JSON.stringify(bundleToJSON(bundle))}\n`);
    },
    publicKey: async () => ({ pem: publicPem, hint }),
  };
}
