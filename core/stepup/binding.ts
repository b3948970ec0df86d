import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { StepUpRequest } from './pages.ts';

/**
 * The challenge that the passkey signs, base64url: the digest of what is confirmed and of a random nonce. A signature
 * over it therefore speaks of this person, command, commit and step and of nothing else.
 */
export function challengeOf(request: StepUpRequest, nonce: string): string {
  const { aggregate, demand, login, command, sha, weight } = request;
  const binding = { aggregate, demand, login: login.toLowerCase(), command, sha, weight, nonce };
  return createHash('sha256').update(canonicalJson(binding)).digest('base64url');
}

/** How a passkey is named in evidence: by the digest of its id. */
export function credentialName(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16);
}
