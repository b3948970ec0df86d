import { SpareBuffers } from './spare-buffers.ts';

export interface SecretHit {
  /** What it looks like, for people: never the text itself. */
  readonly kind: string;
  /** Offset in characters. */
  readonly at: number;
}

/** What stands before a credential: anything that is not part of a word, or an escape in JSON text. */
const before = String.raw`(?<=^|[^A-Za-z0-9_]|\\[bfnrt])`;

const scheme = '[a-z][a-z0-9+.-]{1,20}';

/**
 * A constant part of every shape. Text without any of them, which is nearly all text, is passed over at the speed
 * of a plain search.
 */
const traces =
  /PRIVATE KEY|gh[pousr]_|github_pat_|glpat-|A(?:KIA|SIA|Iza)|xox[abeoprs]-|\.slack\.com|npm_|k_live_|SG\.|sk-(?:ant|proj|or)-|eyJ|[aA][uU][tT][hH][oO][rR][iI][zZ]|:\/\/[^\s/:@"'<>]{1,128}:/;

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
    pattern: new RegExp(`${scheme}:\\/\\/[^\\s/:@"'<>]{1,128}:[^\\s/@"'<>*]{3,256}@`, 'gi'),
  },
];

const anchored = shapes.map(({ kind, pattern }) => ({
  kind,
  pattern: new RegExp(before + pattern.source, pattern.flags),
  // Without what stands before it, and without the scheme, a pattern is searched for like a plain word.
  quick: new RegExp(pattern.source.replace(scheme, ''), pattern.flags.replace('g', '')),
}));

/** Every stretch of the text that has the shape of a credential, in order. */
export function findSecrets(text: string): readonly SecretHit[] {
  if (!traces.test(text)) return [];
  return anchored
    .filter(({ quick }) => quick.test(text))
    .flatMap(({ kind, pattern }) =>
      Array.from(text.matchAll(pattern), (match) => ({ kind, at: match.index })),
    )
    .sort((a, b) => a.at - b.at);
}

/** As `findSecrets`, for a file: also inside base64 payloads of DSSE envelopes, where attestations carry theirs. */
export function findSecretsInFile(bytes: Uint8Array): readonly SecretHit[] {
  // latin1 keeps offsets and never fails; every shape is ASCII.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const hits = findSecrets(text);
  if (hits.length > 0) return hits;
  return Array.from(text.matchAll(/"payload"\s*:\s*"([A-Za-z0-9+/=_-]{16,})"/g)).flatMap((match) =>
    findSecrets(Buffer.from(match[1] ?? '', 'base64').toString('latin1')).map((hit) => ({
      ...hit,
      at: match.index,
    })),
  );
}

/** What is not larger is looked at in one piece: whole attestations, and nearly every other file. */
const pieceBytes = 1_024 * 1_024;
/** What is larger, through windows whose text is no large object (128 KiB) to the runtime, which collects those late. */
const windowBytes = 120 * 1_024;
/** How much of the end of a window is looked at again with the next: longer than any credential. */
const overlap = 16 * 1_024;

const sparePieces = new SpareBuffers(pieceBytes, 2);
const nothing = new Uint8Array();

/** Looks for credentials in content of any size that passes by, in constant memory. */
export class SecretScanner {
  #piece: Uint8Array = nothing;
  #filled = 0;
  #large = false;
  #found: string | null = null;

  update(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && this.#found === null; ) {
      const part = chunk.subarray(at, at + pieceBytes - this.#filled);
      this.#makeRoom(part.length);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === pieceBytes) this.#lookThroughWindows();
    }
  }

  /** What was found first, as `SecretHit.kind` says it; null: nothing. */
  finish(): string | null {
    if (this.#found === null && this.#large) this.#lookThroughWindows();
    else this.#found ??= kindIn(this.#piece.subarray(0, this.#filled));
    sparePieces.giveBack(this.#piece);
    this.#piece = nothing;
    return this.#found;
  }

  /** One buffer for all pieces: garbage of this size would pile up faster than it is collected. */
  #makeRoom(more: number): void {
    const needed = this.#filled + more;
    if (needed <= this.#piece.length) return;
    const size = Math.max(2 * needed, 65_536);
    const larger = size < pieceBytes ? Buffer.allocUnsafe(size) : sparePieces.take();
    larger.set(this.#piece.subarray(0, this.#filled));
    this.#piece = larger;
  }

  #lookThroughWindows(): void {
    this.#large = true;
    for (let at = 0; at < this.#filled && this.#found === null; at += windowBytes - overlap) {
      this.#found = kindIn(this.#piece.subarray(at, Math.min(at + windowBytes, this.#filled)));
    }
    const kept = Math.min(this.#filled, overlap);
    this.#piece.copyWithin(0, this.#filled - kept, this.#filled);
    this.#filled = kept;
  }
}

function kindIn(bytes: Uint8Array): string | null {
  return findSecretsInFile(bytes)[0]?.kind ?? null;
}

/** What follows the first line of a private key: all until its last line, or, in a key that was cut, what looks like it. */
const keyBody = String.raw`(?:(?:[A-Za-z0-9+/=\s:,.()-]|\\+[nrt]){0,16384}?-----END [A-Z0-9 ]{1,40}-----|(?:[A-Za-z0-9+/=]{16,}|\s|\\+[nrt])*)`;

const removed = anchored.map(({ kind, pattern }) => ({
  kind,
  pattern: kind === 'a private key' ? new RegExp(pattern.source + keyBody, pattern.flags) : pattern,
}));

/** The text with every stretch that looks like a credential replaced by its kind. JSON stays JSON. */
export function redactSecrets(text: string): string {
  if (!traces.test(text)) return text;
  return removed.reduce((rest, { kind, pattern }) => rest.replace(pattern, `[${kind}, removed]`), text);
}
