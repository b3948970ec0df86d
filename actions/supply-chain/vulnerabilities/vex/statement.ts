/** A product, or one part of it: a statement about a part of somebody else's product is not about ours. */
export interface VexProduct {
  /** Package URL or another name. */
  readonly name: string;
  /** Null: the product as a whole, which stands for everything in it. */
  readonly part: string | null;
}

/** What a VEX document says of one weakness in some products. */
export interface VexStatement {
  readonly path: string;
  readonly ids: readonly string[];
  readonly products: readonly VexProduct[];
  readonly status: 'not_affected' | 'fixed' | 'affected' | 'under_investigation';
  /** Why; `not_affected` without a reason counts for nothing. */
  readonly reason: string;
  /** ms since the epoch; of several about the same, the newest counts. */
  readonly at: number;
}

export type VexRead =
  | { readonly ok: true; readonly statements: readonly VexStatement[] }
  | { readonly ok: false; readonly path: string; readonly problem: string };
