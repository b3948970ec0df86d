import type { CliWorld } from '../command.ts';

/** What one check found. `skipped` says why it could not look: that is not the same as being in order. */
export type Diagnosis =
  | { readonly state: 'ok'; readonly detail: string }
  | { readonly state: 'problem'; readonly detail: string; readonly help: string }
  | { readonly state: 'skipped'; readonly detail: string };

/** One thing that `doctor` looks at. `look` may throw a `ConductorError`: that is a problem too. */
export interface DoctorCheck {
  readonly name: string;
  look(patient: Patient): Promise<readonly Diagnosis[]>;
}

export interface Patient {
  readonly world: CliWorld;
  /** `owner/repo` whose rules are looked at; null: none was named. */
  readonly repository: string | null;
}

export const ok = (detail: string): Diagnosis => ({ state: 'ok', detail });
export const problem = (detail: string, help: string): Diagnosis => ({ state: 'problem', detail, help });
export const skipped = (detail: string): Diagnosis => ({ state: 'skipped', detail });
