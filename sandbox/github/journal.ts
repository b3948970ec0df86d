import type { OpenApiVerdict } from './openapi-check.ts';

export interface RequestEntry {
  /** ms since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Login of the caller, `anonymous`, or `unknown` when the token was refused. */
  readonly who: string;
  /** `METHOD /template` of GitHub's description; null for an operation that the sandbox does not know. */
  readonly operation: string | null;
  /** 0: the connection ended without an answer. */
  readonly status: number;
}

/** Something that is not as GitHub's description says. */
export interface Violation {
  /** Who is wrong: the caller, an answer of the extension, an answer of emulate, or a payload we sent. */
  readonly source: 'request' | 'extension' | 'emulate' | 'webhook';
  readonly what: string;
  readonly who: string;
  readonly problems: readonly string[];
}

/** What the sandbox has seen and what it has found wrong. */
export class Journal {
  readonly requests: RequestEntry[] = [];
  readonly violations: Violation[] = [];
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  note(source: Violation['source'], what: string, who: string, { problems }: OpenApiVerdict): void {
    if (problems.length === 0) return;
    this.violations.push({ source, what, who, problems });
    // emulate's answers are not ours to mend; they are recorded for who wants to know.
    if (source === 'emulate') return;
    this.#print(
      `not as GitHub describes it (${source}, ${who}): ${what}\n  ${problems.slice(0, 5).join('\n  ')}`,
    );
  }
}
