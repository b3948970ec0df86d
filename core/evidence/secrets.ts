export interface SecretHit {
  /** What it looks like, for people: never the text itself. */
  readonly kind: string;
  /** Offset in characters. */
  readonly at: number;
}

/** What stands before a credential: anything that is not part of a word, or an escape in JSON text. */
const before = String.raw`(?<=^|[^A-Za-z0-9_]|\\[bfnrt])`;

/**
 * Shapes of well-known credentials, from their issuers' documentation. Prefixes make them near certain; every
 * pattern is linear in the input.
 */
const shapes: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'a private key', pattern: /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g },
  { kind: 'a GitHub token', pattern: /gh[pousr]_[A-Za-z0-9_]{30,}/g },
  { kind: 'a GitHub fine-grained token', pattern: /github_pat_[A-Za-z0-9_]{22,}/g },
  { kind: 'a GitLab token', pattern: /glpat-[A-Za-z0-9_-]{20,}/g },
  { kind: 'an AWS access key id', pattern: /(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  { kind: 'a Google API key', pattern: /AIza[A-Za-z0-9_-]{35}/g },
  { kind: 'a Slack token', pattern: /xox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { kind: 'a Slack webhook', pattern: /hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,}/g },
  { kind: 'an npm token', pattern: /npm_[A-Za-z0-9]{36}\b/g },
  { kind: 'a Stripe key', pattern: /[rs]k_live_[A-Za-z0-9]{20,}/g },
  { kind: 'a SendGrid key', pattern: /SG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/g },
  { kind: 'an API key of a model provider', pattern: /sk-(?:ant|proj|or)-[A-Za-z0-9_-]{20,}/g },
  {
    kind: 'a JSON web token',
    pattern: /eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
  },
  {
    kind: 'a bearer token',
    pattern: /authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:bearer|basic|token) [A-Za-z0-9._~+/=-]{16,}/gi,
  },
  {
    kind: 'an address with a password',
    pattern: /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>]{1,128}:[^\s/@"'<>*]{3,256}@/gi,
  },
];

const anchored = shapes.map(({ kind, pattern }) => ({
  kind,
  pattern: new RegExp(before + pattern.source, pattern.flags),
}));

/** Every stretch of the text that has the shape of a credential, in order. */
export function findSecrets(text: string): readonly SecretHit[] {
  return anchored
    .flatMap(({ kind, pattern }) =>
      Array.from(text.matchAll(pattern), (match) => ({ kind, at: match.index })),
    )
    .sort((a, b) => a.at - b.at);
}

/** As `findSecrets`, for a file: also inside base64 payloads of DSSE envelopes, where attestations carry theirs. */
export function findSecretsInFile(bytes: Uint8Array): readonly SecretHit[] {
  // latin1 keeps offsets and never fails; every shape is ASCII.
  const text = Buffer.from(bytes).toString('latin1');
  const hits = findSecrets(text);
  if (hits.length > 0) return hits;
  return Array.from(text.matchAll(/"payload"\s*:\s*"([A-Za-z0-9+/=_-]{16,})"/g)).flatMap((match) =>
    findSecrets(Buffer.from(match[1] ?? '', 'base64').toString('latin1')).map((hit) => ({
      ...hit,
      at: match.index,
    })),
  );
}

/** The text with every stretch that looks like a credential replaced by its kind. JSON stays JSON. */
export function redactSecrets(text: string): string {
  return anchored.reduce((rest, { kind, pattern }) => rest.replace(pattern, `[${kind}, removed]`), text);
}
