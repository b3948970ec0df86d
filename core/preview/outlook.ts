/**
 * What a commit can expect of its preview, for the check `slo-gates`. The text is the same as long as nothing changed,
 * so that it is told once.
 */
export interface Outlook {
  readonly sha: string;
  /** `none`: nothing has to be waited for; `awaited`: it comes; `missing`: somebody has to do something first. */
  readonly kind: 'none' | 'awaited' | 'missing';
  /** Markdown; holds no word of strangers. */
  readonly text: string;
}
