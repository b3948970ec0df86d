/** What became of one case. */
export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'left out'; readonly reason: string };

export interface CaseResult {
  readonly group: string;
  readonly name: string;
  readonly outcome: Outcome;
}

/** A corpus of cases with expected results that another project published. */
export interface Corpus {
  readonly name: string;
  readonly about: string;
  /** Whether a folder of any name is laid out like this corpus. */
  recognises(folder: string): boolean;
  /** Runs the cases found in the folder, in a stable order. */
  run(folder: string): AsyncIterable<CaseResult> | Iterable<CaseResult>;
}
