/** What a VEX document says of one weakness in some products. */
export interface VexStatement {
  readonly path: string;
  readonly ids: readonly string[];
  /** Package URLs and names that it is about; a product stands for everything in it. */
  readonly products: readonly string[];
  readonly status: 'not_affected' | 'fixed' | 'affected' | 'under_investigation';
  /** Why; `not_affected` without a reason counts for nothing. */
  readonly reason: string;
  /** ms since the epoch; of several about the same, the newest counts. */
  readonly at: number;
}

export type VexRead =
  | { readonly ok: true; readonly statements: readonly VexStatement[] }
  | { readonly ok: false; readonly path: string; readonly problem: string };
