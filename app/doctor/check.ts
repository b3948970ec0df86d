import { z } from 'zod';
import type { GithubShell } from '../../adapters/github/rest.ts';
import { ConductorError, PermissionError, ProviderError } from '../../core/errors.ts';

/**
 * What one check found. `unknown`: it could not be asked, which is not the same as being in order. `skipped`: nobody
 * asked for it.
 */
export type Diagnosis =
  | { readonly state: 'ok'; readonly detail: string }
  | { readonly state: 'problem' | 'unknown'; readonly detail: string; readonly help: string }
  | { readonly state: 'skipped'; readonly detail: string };

/** One thing that `doctor` looks at. */
export interface DoctorCheck<Subject = Patient> {
  readonly name: string;
  look(subject: Subject): Promise<readonly Diagnosis[]>;
}

/** GitHub as the doctor reaches it. */
export interface Patient extends GithubShell {
  /** `owner/repo` whose rules are looked at; null: none was named. */
  readonly repository: string | null;
  /** A checkout whose workflows are looked at where no repository is named; null: there is none. */
  readonly folder: string | null;
  /** Token that may read the repository; empty: only what everybody may see. */
  readonly token: string;
  readonly now: () => number;
}

export const ok = (detail: string): Diagnosis => ({ state: 'ok', detail });
export const problem = (detail: string, help: string): Diagnosis => ({ state: 'problem', detail, help });
export const unknown = (detail: string, help: string): Diagnosis => ({ state: 'unknown', detail, help });
export const skipped = (detail: string): Diagnosis => ({ state: 'skipped', detail });

/** Each finding with the check that made it. A check that cannot ask knows nothing. */
export async function examine<Subject>(
  checks: readonly DoctorCheck<Subject>[],
  subject: Subject,
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { name, look } of checks) {
    const diagnoses = await look(subject).catch((error: unknown) => [diagnosisOf(error)]);
    found.push(...diagnoses.map((diagnosis) => ({ check: name, ...diagnosis })));
  }
  return found;
}

export type Finding = Diagnosis & { readonly check: string };

function diagnosisOf(error: unknown): Diagnosis {
  if (error instanceof z.ZodError)
    return unknown("GitHub's answer was not understood", 'try again; report it when it stays so');
  if (!(error instanceof ConductorError)) throw error;
  const cannotAsk = error instanceof PermissionError || error instanceof ProviderError;
  return (cannotAsk ? unknown : problem)(error.message, error.help);
}
