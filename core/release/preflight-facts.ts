import type { PromotionInput } from '../ports/policy-engine.ts';

/** What was read of the world before the first deployment. Null: it could not be read. */
export interface PreflightFacts {
  /** ms since the epoch. */
  readonly at: number;
  /** The check that stands for QA's approval; absent: none is configured. */
  readonly qaCheck?: { readonly name: string; readonly conclusion: string | null };
  readonly artifacts: PromotionInput['artifacts'];
  /** Objectives whose burn rules fire now; absent: the repository has no objectives. */
  readonly burning?: number | null;
  /** Deployments to the environment that somebody else has under way. */
  readonly conflicts: readonly ForeignDeployment[] | null;
  /** The commit of the version to go back to is still there; absent: there is no such version. */
  readonly restorable?: boolean | null;
  /** Migrations of this commit that cannot be undone; null: the gate has said nothing. */
  readonly irreversible: { readonly acknowledged: number; readonly open: number } | null;
  /** The newest proof that going back works. */
  readonly rehearsed: { readonly what: string; readonly at: number } | null;
}

/** A deployment on GitHub that the Conductor did not order. */
export interface ForeignDeployment {
  readonly id: number;
  readonly creator: string;
  readonly task: string;
  readonly state: string;
  /** ms since the epoch. */
  readonly createdAt: number;
}
