import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gates } from '../../../actions/registry.ts';
import { configJsonSchema } from '../../../core/config/json-schema.ts';
import { withStrictnessTable } from '../../../core/config/organisation/docs.ts';
import { checkOrganisationConfig, effectiveConfig } from '../../../core/config/organisation/effective.ts';
import { strictnessTable } from '../../../core/config/organisation/table.ts';
import type { Config } from '../../../core/config/schema.ts';
import fc from '../../support/fast-check.ts';

const file = 'acme/.github/.github/release-conductor.yml';
const head = 'version: 1\ntrusted_workflows: [".github/workflows/gates.yml"]\n';
const metrics = 'metrics: { kind: scrape, url: "http://shop.test" }';

/** What holds of both, and what is refused. */
function both(theirs: string, own: string): { config: Config; weaker: readonly string[] } {
  const found = effectiveConfig(`${head}${own}`, { text: `version: 1\n${theirs}`, file });
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return { config: found.config, weaker: found.weaker.map(({ path, message }) => `${path}: ${message}`) };
}

const shop = (more = '') => `release:\n  ${metrics}\n${more}`;

describe('the config of an organisation', () => {
  it('is the default of every section', () => {
    const { config, weaker } = both(
      `release: { canary: { soak: 1h }, permissions: { promote: { roles: [admin] } } }
previews: { when: always, budget: { preview: 1 } }
gates: { perf: { validity: { min_requests: 5000 } } }
governance: { rulesets: { main: { pull_request: { approvals: 2 } } } }
`,
      shop(),
    );
    expect(weaker).toEqual([]);
    expect(config).toMatchObject({
      release: { canary: { soak: 3_600_000 }, permissions: { promote: { roles: ['admin'] } } },
      previews: { when: 'always', budget: { preview: 1, repository: 3 } },
      gates: { perf: { validity: { min_requests: 5_000 } } },
      governance: { rulesets: { main: { pull_request: { approvals: 2 } } } },
    });
  });

  it.each([
    ['an empty file', ''],
    ['blanks', ' \n\n'],
    ['comments alone', '# gone\n'],
    ['an empty document', '---\n'],
    ['null', 'null\n'],
    ['an empty mapping', '{}\n'],
    ['no version', 'gates: {}\n'],
    ['a section that was cut off', 'version: 1\nrelease:\n'],
    ['half a line', 'version: 1\ngovernance: { mode: "rep'],
    ['another kind of thing', '[]\n'],
  ])('says nothing with %s: nobody takes that for a decision to ask for nothing', (_what, text) => {
    const found = effectiveConfig(head, { text, file });
    const named = expect.arrayContaining([expect.objectContaining({ file })]);
    expect(found).toMatchObject({ ok: false, problems: named });
  });

  it('asks for nothing where it says so', () => {
    expect(effectiveConfig(head, { text: 'version: 1\n', file })).toMatchObject({ ok: true, weaker: [] });
  });

  it('releases nothing in a repository that has no release', () => {
    expect(both('release: { canary: { soak: 1h } }', '').config.release).toBeUndefined();
  });

  const weakenings: readonly (readonly [key: string, theirs: string, own: string])[] = [
    ['release.canary.soak', 'release: { canary: { soak: 1h } }', shop('  canary: { soak: 30m }')],
    [
      'release.canary.steps',
      'release: { canary: { steps: [5, 25, 100] } }',
      shop('  canary: { steps: [100] }'),
    ],
    [
      'release.canary.max_error_rate',
      'release: { canary: { max_error_rate: 0.01 } }',
      shop('  canary: { max_error_rate: 0.2 }'),
    ],
    [
      'release.canary.advance',
      'release: { canary: { advance: manual } }',
      shop('  canary: { advance: auto }'),
    ],
    ['release.canary.alpha', 'release: { canary: { alpha: 0.01 } }', shop('  canary: { alpha: 0.02 }')],
    ['release.required_gates', 'release: { required_gates: [slo, perf] }', shop('  required_gates: [slo]')],
    [
      'release.block_after_failure',
      'release: { block_after_failure: true }',
      shop('  block_after_failure: false'),
    ],
    [
      'release.permissions.promote.teams',
      'release: { permissions: { promote: { roles: [admin] } } }',
      shop('  permissions: { promote: { teams: [everybody] } }'),
    ],
    [
      'release.permissions.promote.environments.production.roles',
      'release: { permissions: { promote: { roles: [admin] } } }',
      shop('  permissions: { promote: { environments: { production: { roles: [write] } } } }'),
    ],
    [
      'release.permissions.promote.obligations.second_approver.from_weight',
      'release: { permissions: { promote: { obligations: { second_approver: { from_weight: 10 } } } } }',
      shop('  permissions: { promote: { obligations: { second_approver: { from_weight: 100 } } } }'),
    ],
    [
      'release.windows',
      'release: { windows: [{ from: "09:00", to: "17:00" }] }',
      shop('  windows: [{ from: "09:00", to: "23:00" }]'),
    ],
    [
      'services.api.canary.soak',
      'release: { canary: { soak: 1h } }',
      `${shop()}services: { api: { tags: "api-v*", canary: { soak: 1m } } }`,
    ],
    ['trusted_workflows', 'trusted_workflows: [acme/ci/.github/workflows/gates.yml]', ''],
    [
      'previews.budget.preview',
      'previews: { budget: { preview: 3 } }',
      'previews: { budget: { preview: 30 } }',
    ],
    ['previews.when', 'previews: { when: label }', 'previews: { when: always }'],
    [
      'gates.perf.budgets',
      'gates: { perf: { budgets: [{ metric: latency.p95, max: 200 }] } }',
      'gates: { perf: { budgets: [{ metric: latency.p95, max: 900 }] } }',
    ],
    [
      'gates.supply-chain.vulnerabilities.new.high',
      'gates: { supply-chain: { vulnerabilities: { new: { high: 0 } } } }',
      'gates: { supply-chain: { vulnerabilities: { new: { high: null } } } }',
    ],
    [
      'gates.migrations.exceptions',
      'gates: { migrations: { exceptions: [] } }',
      'gates: { migrations: { exceptions: [{ rule: x, path: y }] } }',
    ],
    [
      'gates.policy.unheard_of',
      'gates: { policy: { unheard_of: 1 } }',
      'gates: { policy: { unheard_of: 2 } }',
    ],
    [
      'governance.rulesets.main.bypass',
      'governance: { rulesets: { main: {} } }',
      'governance: { rulesets: { main: { bypass: [{ team: everybody }] } } }',
    ],
    [
      'governance.rulesets.main.enforcement',
      'governance: { rulesets: { main: {} } }',
      'governance: { rulesets: { main: { enforcement: disabled } } }',
    ],
    [
      'governance.environments.production.reviewers',
      'governance: { environments: { production: { reviewers: { teams: [sre] } } } }',
      'governance: { environments: { production: { reviewers: {} } } }',
    ],
    [
      'governance.environments.production.refs',
      'governance: { environments: { production: { refs: { tags: ["v*"] } } } }',
      'governance: { environments: { production: { refs: all } } }',
    ],
  ];

  it.each(weakenings)(
    'refuses a weaker %s by name, with both values and files, and goes on with its own',
    (key, theirs, own) => {
      const { weaker } = both(theirs, own);
      expect(weaker).toEqual([expect.stringContaining(`${key}: expected `)]);
      expect(weaker[0]).toContain(`${file}:2:`);
    },
  );

  it('says where each of the two values stands', () => {
    const text = `${head}${shop('  canary: { soak: 30m }')}`;
    const found = effectiveConfig(text, { text: 'version: 1\nrelease: { canary: { soak: 1h } }\n', file });
    expect(found).toMatchObject({
      ok: true,
      config: { release: { canary: { soak: 3_600_000 } } },
      weaker: [
        {
          rule: 'weaker-than-organisation',
          path: 'release.canary.soak',
          file: '.github/release-conductor.yml',
          line: 5,
          column: 19,
          message: `expected at least 1h, found 30m; the organisation says 1h at ${file}:2:28`,
        },
      ],
    });
  });

  it.each<[string, string, string, object]>([
    [
      'a longer soak',
      'release: { canary: { soak: 1h } }',
      shop('  canary: { soak: 90m }'),
      { release: { canary: { soak: 5_400_000 } } },
    ],
    [
      'more steps',
      'release: { canary: { steps: [10, 100] } }',
      shop('  canary: { steps: [1, 10, 50, 100] }'),
      { release: { canary: { steps: [1, 10, 50, 100] } } },
    ],
    [
      'fewer people',
      'release: { permissions: { promote: { roles: [maintain, admin], teams: [sre] } } }',
      shop('  permissions: { promote: { roles: [admin], teams: [] } }'),
      { release: { permissions: { promote: { roles: ['admin'], teams: [] } } } },
    ],
    [
      'a second approver',
      'release: { permissions: { promote: {} } }',
      shop('  permissions: { promote: { obligations: { second_approver: {} } } }'),
      { release: { permissions: { promote: { obligations: { second_approver: { from_weight: 0 } } } } } },
    ],
    [
      'its own freezes beside those of the organisation',
      'release: { freezes: [{ from: "2026-12-20T00:00:00Z", to: "2027-01-03T00:00:00Z", reason: holidays }] }',
      shop('  freezes: [{ from: "2026-11-27T00:00:00Z", to: "2026-11-28T00:00:00Z", reason: sale }]'),
      { release: { freezes: [{ reason: 'holidays' }, { reason: 'sale' }] } },
    ],
    [
      'shorter hours',
      'release: { windows: [{ from: "09:00", to: "17:00" }] }',
      shop('  windows: [{ days: [tue], from: "10:00", to: "16:00" }]'),
      { release: { windows: [{ days: ['tue'] }] } },
    ],
    [
      'a check of its own',
      'governance: { rulesets: { main: { required_checks: { gates: [slo] } } } }',
      'governance: { rulesets: { main: { required_checks: { gates: all, others: [{ name: build, app: github-actions }] } } } }',
      {
        governance: {
          rulesets: { main: { required_checks: { gates: 'all', others: [{ name: 'build' }] } } },
        },
      },
    ],
    [
      'a lower budget',
      'previews: { budget: { preview: 3 } }',
      'previews: { budget: { preview: 0.5 } }',
      { previews: { budget: { preview: 0.5 } } },
    ],
    [
      'a budget of another metric',
      'gates: { perf: { budgets: [{ metric: latency.p95, max: 200 }] } }',
      'gates: { perf: { budgets: [{ metric: latency.p95, max: 150 }, { metric: error_rate, max: 0.01 }] } }',
      { gates: { perf: { budgets: [{ max: 150 }, { metric: 'error_rate' }] } } },
    ],
    [
      'its own names and addresses',
      'release: { tags: "v*", metrics: { kind: prometheus, url: "http://prometheus.test" } }',
      shop('  tags: "shop-v*"'),
      { release: { tags: 'shop-v*', metrics: { kind: 'scrape', url: 'http://shop.test' } } },
    ],
  ])('lets a repository have %s', (_what, theirs, own, expected) => {
    expect(both(theirs, own)).toMatchObject({ weaker: [], config: expected });
  });

  it('compares a service with what the organisation says of releases', () => {
    const own = `${shop('  canary: { soak: 2h }\n')}services: { api: { tags: "api-v*", canary: { soak: 3h } } }`;
    const { config, weaker } = both('release: { canary: { soak: 1h } }', own);
    expect(weaker).toEqual([]);
    expect(config.services.api?.canary).toEqual({ soak: 10_800_000 });
  });

  it.each<[string, string, string, string]>([
    ['the repository', 'gates: {}', 'relase: {}', '.github/release-conductor.yml'],
    ['the organisation', 'relase: {}', 'gates: {}', file],
    ['the organisation, in YAML that is none', 'gates: [', 'gates: {}', file],
    ['the organisation, as a list', '', 'gates: {}', file],
  ])('tells a mistake of %s at its own place', (_who, theirs, own, where) => {
    const text = _who.endsWith('list') ? '- version' : `version: 1\n${theirs}\n`;
    const found = effectiveConfig(`${head}${own}\n`, { text, file });
    expect(found).toMatchObject({ ok: false, problems: [{ file: where }] });
  });

  it('is another config when either text is another', () => {
    const digest = (own: string, theirs: string) => {
      const found = effectiveConfig(own, { text: theirs, file });
      return found.ok ? found.sha256 : null;
    };
    const plain = digest('version: 1\n', 'version: 1\n');
    expect(digest('version: 1\n\n', 'version: 1\n')).not.toBe(plain);
    expect(digest('version: 1\n', 'version: 1\n\n')).not.toBe(plain);
  });

  it('takes no part in the prototype of anything', () => {
    const { config } = both(
      'release: { __proto__: { soak: 1h } }',
      'gates: { __proto__: { polluted: true } }',
    );
    expect(config).toBeDefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('is never weakened, whatever both say (property)', () => {
    const numbers = fc.record({
      soak: fc.nat(10_000_000),
      rate: fc.integer({ min: 1, max: 99 }),
      roles: fc.subarray(['write', 'maintain', 'admin'], { minLength: 1 }),
    });
    const yaml = ({ soak, rate, roles }: { soak: number; rate: number; roles: string[] }) =>
      `release: { ${metrics}, canary: { soak: ${soak}, max_error_rate: ${rate / 100} }, permissions: { promote: { roles: [${roles}] } } }`;
    fc.assert(
      fc.property(numbers, numbers, (theirs, own) => {
        const { config, weaker } = both(yaml(theirs), yaml(own));
        const held = config.release;
        expect(held?.canary.soak).toBeGreaterThanOrEqual(theirs.soak);
        expect(held?.canary.max_error_rate).toBeLessThanOrEqual(theirs.rate / 100);
        expect(theirs.roles).toEqual(expect.arrayContaining([...(held?.permissions.promote.roles ?? [])]));
        const isAsStrict =
          own.soak >= theirs.soak &&
          own.rate <= theirs.rate &&
          own.roles.every((role) => theirs.roles.includes(role));
        expect(weaker.length === 0).toBe(isAsStrict);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the repository of an organisation', () => {
  it('may say how to release without saying of which metrics', () => {
    const checked = checkOrganisationConfig('version: 1\nrelease: { canary: { soak: 1h } }\n');
    expect(checked).toMatchObject({ ok: true });
    expect(checked.ok && checked.config.release).toBeUndefined();
  });

  it('is told of its mistakes', () => {
    const checked = checkOrganisationConfig('version: 1\nrelease: { canary: { soak: soon } }\n');
    expect(checked).toMatchObject({ ok: false, problems: [{ path: 'release.canary.soak', line: 2 }] });
  });
});

describe('the table of what is tighter', () => {
  it('names keys that there are', () => {
    const places = placesOf();
    const unknown = strictnessTable.map(([path]) => path).filter((path) => !places.has(path));
    expect(unknown).toEqual([]);
  });

  it('says something once of each key', () => {
    const paths = strictnessTable.map(([path]) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('is the table of the docs', () => {
    const page = readFileSync('docs/organisation.md', 'utf8');
    expect(withStrictnessTable(page)).toBe(page);
    expect(page).toContain('| `release.canary.soak` | at least |');
  });
});

/** Every key and section of the config, `*` for any name. */
function placesOf(): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (schema: Schema | undefined, path: string): void => {
    if (schema === undefined) return;
    found
      .add(path)
      .add(path.replace(/^(release\.permissions)\.[a-z]+/, '$1.*'))
      .add(path.replace(/[^.]+$/, '*'));
    found.add(path.replace(/^(release\.permissions)\.[a-z]+(\.obligations)\.[a-z_]+/, '$1.*$2.*'));
    for (const [name, inner] of Object.entries(schema.properties ?? {}))
      walk(inner, path === '' ? name : `${path}.${name}`);
    if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties, `${path}.*`);
  };
  walk(configJsonSchema() as Schema, '');
  for (const gate of gates) {
    walk(
      z.toJSONSchema(gate.options, { io: 'input', unrepresentable: 'any' }) as Schema,
      `gates.${gate.name}`,
    );
  }
  return found;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}
