import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import licenseIds from 'spdx-license-ids/index.json' with { type: 'json' };
import { type LicenseExpression, parseExpression } from './expression.ts';

export interface LicensePolicy {
  /** Empty: everything that is not denied may be used. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

export type LicenseDecision = 'allowed' | 'denied' | 'unknown';

/**
 * Whether a component may be used under its licence expression. "A OR B" leaves the choice to us: one acceptable
 * side is enough. "A AND B" binds us to both. "A WITH E" is judged as itself when a list names it so, else as A:
 * an exception only ever adds permissions. No statement, NOASSERTION, NONE and text that is no expression are
 * `unknown`, never allowed; so is a name that is not on the SPDX list (`LicenseRef-…`) when nothing says what is allowed.
 */
export function decideLicense(text: string | null, policy: LicensePolicy): LicenseDecision {
  if (text === null || text === 'NOASSERTION' || text === 'NONE' || text === 'UNLICENSED') return 'unknown';
  const expression = parseExpression(text);
  return expression === null ? 'unknown' : decide(expression, policy);
}

function decide(expression: LicenseExpression, policy: LicensePolicy): LicenseDecision {
  switch (expression.kind) {
    case 'license':
      return decideSingle(expression.id, expression.exception, policy);
    case 'or':
      return best(decide(expression.left, policy), decide(expression.right, policy));
    case 'and':
      return worst(decide(expression.left, policy), decide(expression.right, policy));
  }
}

const known = new Set([...licenseIds, ...deprecatedIds].map((id) => id.toLowerCase()));

function decideSingle(id: string, exception: string | null, policy: LicensePolicy): LicenseDecision {
  const names = [
    ...(exception === null ? [] : [`${modern(id)} with ${exception.toLowerCase()}`]),
    modern(id),
  ];
  for (const name of names) {
    if (listed(policy.deny, name)) return 'denied';
    if (listed(policy.allow, name)) return 'allowed';
  }
  if (/^(noassertion|none)$/i.test(id)) return 'unknown';
  if (policy.allow.length > 0) return 'denied';
  return known.has(modern(id)) || known.has(id.toLowerCase()) ? 'allowed' : 'unknown';
}

const order = ['denied', 'unknown', 'allowed'] as const;
const best = (a: LicenseDecision, b: LicenseDecision): LicenseDecision =>
  order.indexOf(a) > order.indexOf(b) ? a : b;
const worst = (a: LicenseDecision, b: LicenseDecision): LicenseDecision =>
  order.indexOf(a) < order.indexOf(b) ? a : b;

function listed(list: readonly string[], name: string): boolean {
  return list.some((entry) => {
    const [id = '', exception] = entry.split(/\s+with\s+/i);
    return (exception === undefined ? modern(id) : `${modern(id)} with ${exception.toLowerCase()}`) === name;
  });
}

/** The GNU licences have new names: `GPL-2.0` means `GPL-2.0-only`, `GPL-2.0+` means `GPL-2.0-or-later`. */
function modern(id: string): string {
  const lower = id.toLowerCase();
  if (!/^(a|l)?gpl-\d/.test(lower) && !/^gfdl-\d/.test(lower)) return lower;
  if (lower.endsWith('+')) return `${lower.slice(0, -1)}-or-later`;
  return /-(only|or-later)$/.test(lower) ? lower : `${lower}-only`;
}
