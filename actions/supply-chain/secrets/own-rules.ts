/** A credential by the prefix or the field that its provider gives it. */
interface OwnRule {
  readonly rule: string;
  readonly kind: string;
  /** Linear: no repetition inside a repetition. */
  readonly pattern: RegExp;
  /** What the pattern alone cannot tell. */
  readonly holds?: (match: RegExpMatchArray) => boolean;
}

/**
 * Providers that secretlint's recommended rules do not know, or not in every form. Passwords without a form of their own
 * are not guessed at: entropy finds more digests than secrets.
 */
const rules: readonly OwnRule[] = [
  {
    rule: 'private-key',
    kind: 'private key',
    // Short keys of elliptic curves too, and keys inside JSON, whose line ends are written out.
    pattern: /-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY-----(?:\\n|\s)+[A-Za-z0-9+/]{40,}/g,
  },
  { rule: 'stripe', kind: 'stripe live key', pattern: /\b[rs]k_live_[A-Za-z0-9]{16,247}\b/g },
  { rule: 'google', kind: 'google api key', pattern: /\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/g },
  { rule: 'azure', kind: 'azure storage key', pattern: /\bAccountKey=[A-Za-z0-9+/]{86}==/g },
  { rule: 'digitalocean', kind: 'digitalocean token', pattern: /\bdo[por]_v1_[0-9a-f]{64}\b/g },
  { rule: 'pypi', kind: 'pypi token', pattern: /\bpypi-AgE[A-Za-z0-9_-]{50,}/g },
  { rule: 'twilio', kind: 'twilio api key', pattern: /\bSK[0-9a-f]{32}\b/g },
  { rule: 'notion', kind: 'notion token', pattern: /\bntn_[0-9A-Za-z]{40,60}\b/g },
  { rule: '1password', kind: '1password service account', pattern: /\bops_eyJ[A-Za-z0-9+/=_-]{250,}/g },
  {
    rule: 'npm',
    kind: 'npm token',
    pattern: /:_(?:authToken|auth|password)\s*=\s*["']?([A-Za-z0-9+/=-]{16,})/g,
  },
  {
    rule: 'docker',
    kind: 'registry login',
    pattern: /"auth"\s*:\s*"([A-Za-z0-9+/]{8,}={0,2})"/g,
    holds: ([, encoded = '']) => /^[^:\s]+:[^\s]+$/.test(Buffer.from(encoded, 'base64').toString('latin1')),
  },
];

export interface OwnHit {
  readonly rule: string;
  readonly kind: string;
  /** Offset in the text. */
  readonly at: number;
}

export function ownHits(text: string): OwnHit[] {
  return rules.flatMap(({ rule, kind, pattern, holds }) =>
    [...text.matchAll(pattern)]
      .filter((match) => !isPlaceholder(match[0]) && (holds?.(match) ?? true))
      .map(({ index }) => ({ rule, kind, at: index })),
  );
}

/** `ghp_xxxxxxxxxxxxxxxxxxxx` stands in documents for a token: no secret repeats a character so often. */
export function isPlaceholder(text: string): boolean {
  return /([^=])\1{11}/.test(text);
}

/** An address on this very machine, or whose password is the name of the user, as of every database in a test job. */
export function opensNothing(text: string): boolean {
  const [, user = '', password, host = ''] =
    /:\/\/([^:@/\s]*):([^@/\s]*)@(\[[^\]]*\]|[^/:?#\s"'`]*)/.exec(text) ?? [];
  if (password === undefined) return false;
  return user === password || /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/i.test(host);
}
