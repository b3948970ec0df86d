import type { Witness } from '@sigstore/sign';
import { renderTimestampQuery, timestampQueryType } from './timestamp-query.ts';

/** An answer is a few kilobytes. */
const maxAnswerBytes = 65_536;

/**
 * A timestamp authority as RFC 3161 describes it, over HTTP: asked for the time of a signature, at exactly this address.
 * What it answers is verified with the rest of the bundle, before anybody is shown it.
 *
 * @throws Error when it does not answer with a timestamp; the signer says so with its own code.
 */
export function timestampAuthority(address: string, ask: typeof fetch): Witness {
  return {
    async testify(content) {
      const signature =
        content.$case === 'dsseEnvelope'
          ? content.dsseEnvelope.signatures[0]?.sig
          : content.messageSignature.signature;
      const answer = await ask(address, {
        method: 'POST',
        headers: { 'content-type': timestampQueryType },
        body: new Uint8Array(renderTimestampQuery(signature ?? new Uint8Array())),
        signal: AbortSignal.timeout(10_000),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (!answer.ok) throw new Error(`the timestamp authority answered ${answer.status}`);
      if (bytes.length === 0 || bytes.length > maxAnswerBytes || bytes[0] !== 0x30) {
        throw new Error('the timestamp authority answered with something else than a timestamp');
      }
      return { rfc3161Timestamps: [{ signedTimestamp: bytes }] };
    },
  };
}
