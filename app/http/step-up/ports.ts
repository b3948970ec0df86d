import type { SignInSettings } from '../../../adapters/github/sign-in.ts';
import type { Database } from '../../../adapters/postgres/index.ts';
import type { Forge } from '../../../core/ports/forge.ts';
import type { Log } from '../../../core/ports/system.ts';
import type { ApplyPorts } from '../../flow/apply.ts';

/** What the pages for confirmations need. */
export interface StepUpPorts extends ApplyPorts {
  readonly database: Database;
  readonly log: Log;
  readonly now: () => number;
  /** Address of the Conductor as browsers see it. */
  readonly origin: () => string;
  /** Key of our cookies and of the pages' names. */
  readonly key: string;
  readonly signIn: SignInSettings;
  /** Time after which a new passkey confirms anything, ms. */
  readonly passkeyDelay: number;
  readonly forgeFor: (repository: string) => Promise<Forge>;
}
