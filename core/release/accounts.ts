/** One row of the approvals matrix. */
export interface ApprovalRow {
  /** What was asked for: `50 %`, or the command. */
  readonly step: string;
  readonly command: string;
  readonly actor: string;
  readonly role: string | null;
  readonly decision: 'allowed' | 'denied' | 'waiting' | 'approved' | 'rejected';
  readonly reasons: readonly string[];
  /** Reason for access, as it was given. */
  readonly reason: string;
  /** The second persons behind an allowed command. */
  readonly approvedBy: readonly string[];
  /** Digest of the passkey that it was confirmed with; null: it was not. */
  readonly stepUp: string | null;
  /** Gates that were passed over by an override. */
  readonly overridden: readonly string[];
  readonly sha: string;
  readonly at: number;
  readonly url: string | null;
  /** Comment of the row, and when it was edited or deleted afterwards, ms since the epoch. */
  readonly commentId: number;
  readonly changedAt: number | null;
  readonly policySha256: string;
  /** Of what the policies were asked. Absent in states of before. */
  readonly inputSha256?: string;
}

export interface TimelineEntry {
  readonly at: number;
  readonly text: string;
  /** How it ended, for the deployment report; absent: nothing that ends. */
  readonly status?: TimelineStatus;
}

export type TimelineStatus = 'SUCCESS' | 'FAILED' | 'PASS' | 'FAIL';

export interface StatusContent {
  readonly body: string;
  readonly state: 'open' | 'closed';
}
