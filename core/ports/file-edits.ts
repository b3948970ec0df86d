/** A pull request that the App opened to change one file. */
export interface Proposal {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
}

export interface FileEdit {
  readonly path: string;
  /** The branch that is to hold the text. */
  readonly branch: string;
  readonly text: string;
  readonly message: string;
}

/** Changes of one file of the repository, by a commit or by a pull request. */
export interface FileEdits {
  /** The file at the head of a branch; null: there is none. `version` is what a write has to name. */
  read(path: string, branch: string): Promise<{ readonly text: string; readonly version: string } | null>;
  /** Throws `ConflictError` when the file is no longer the `version` that was read. */
  write(edit: FileEdit & { readonly version: string }): Promise<{ readonly commit: string }>;
  /**
   * A pull request from `head`, made once: the branch that is there already is taken up. Other open proposals whose
   * branch begins with `instead` are closed: what they ask for is no longer meant.
   */
  propose(
    edit: FileEdit & { readonly head: string; readonly instead: string; readonly body: string },
  ): Promise<Proposal>;
  /** False when GitHub does not allow it (yet). */
  merge(proposal: number): Promise<boolean>;
  close(proposal: number): Promise<void>;
}
