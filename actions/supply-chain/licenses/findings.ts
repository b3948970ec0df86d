import type { Finding } from '../../../core/gate/result.ts';
import type { Inventory } from '../inventory.ts';
import { type LicensedComponent, licensed } from '../packages.ts';
import { decideLicense, type LicenseDecision, type LicensePolicy } from './decide.ts';
import type { LicenseOptions } from './options.ts';

export interface LicenseJudgement {
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<LicenseDecision, number>>;
}

/** Judges every component by the policy of its scope. */
export function judgeLicenses(options: LicenseOptions, inventory: Inventory): LicenseJudgement {
  const counts = { allowed: 0, denied: 0, unknown: 0 };
  const findings: Finding[] = [];
  const decide = remembering();
  for (const known of inventory.packages.values()) {
    const one = licensed(known);
    const policy = policyFor(one, options);
    if (policy === null) continue;
    const license = clarified(one, options);
    const decision = decide(license, policy);
    counts[decision]++;
    if (decision !== 'allowed') findings.push(findingFor(one, license, decision, options));
  }
  return { findings, counts };
}

/** Null: nobody asked for packages of this scope to be judged. */
function policyFor({ scope }: LicensedComponent, options: LicenseOptions): LicensePolicy | null {
  if (scope === 'runtime') return options;
  return options.development ?? (options.include_dev ? options : null);
}

/** What a person found out stands above what the package says of itself. */
function clarified({ component }: LicensedComponent, { clarified: list }: LicenseOptions): string | null {
  const known = list.find(
    ({ package: name }) => name === component.name || name === `${component.name}@${component.version}`,
  );
  return known?.license ?? component.license;
}

/** A release has thousands of packages but a handful of expressions. */
function remembering(): typeof decideLicense {
  const memory = new Map<LicensePolicy, Map<string | null, LicenseDecision>>();
  return (text, policy) => {
    let known = memory.get(policy);
    if (known === undefined) {
      known = new Map();
      memory.set(policy, known);
    }
    const decision = known.get(text) ?? decideLicense(text, policy);
    if (!known.has(text)) known.set(text, decision);
    return decision;
  };
}

function findingFor(
  { component, path, scope }: LicensedComponent,
  license: string | null,
  decision: 'denied' | 'unknown',
  options: LicenseOptions,
): Finding {
  const name = `${component.name}@${component.version}`;
  const data = { package: name, license, scope };
  if (decision === 'denied') {
    return {
      code: 'license-denied',
      level: 'error',
      message: `\`${name}\` may only be used under \`${license}\`, which the config does not permit${scope === 'development' ? ' for development' : ''}.`,
      help: 'Replace the package, or change licenses.allow and licenses.deny on the base branch.',
      path,
      data,
    };
  }
  return {
    code: 'license-unknown',
    level: options.unknown,
    message: `The licence of \`${name}\` is not known (${license ?? 'nothing is said'}).`,
    help: 'Find out its licence and state it under licenses.clarified, or waive the finding with a reason.',
    path,
    data,
  };
}
