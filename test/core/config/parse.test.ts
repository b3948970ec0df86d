import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { gatesConfigSchema, parseGatesConfig } from '../../../core/config/gates-config.ts';
import { configJsonSchema } from '../../../core/config/json-schema.ts';
import { checkConfig, parseConfig } from '../../../core/config/parse.ts';
import { formatProblem } from '../../../core/config/problem.ts';
import { configRules } from '../../../core/config/rules.ts';
import { configSchema } from '../../../core/config/schema.ts';
import { ConfigError } from '../../../core/errors.ts';
import fc from '../../support/fast-check.ts';

const good = `version: 1
trusted_workflows:
  - .github/workflows/gates.yml
release:
  metrics:
    kind: prometheus
    url: http://prometheus:9090
`;

/** `rule@line:column` of every problem. */
function problems(text: string): readonly string[] {
  const checked = checkConfig(text);
  return checked.ok ? [] : checked.problems.map(({ rule, line, column }) => `${rule}@${line}:${column}`);
}

describe('a good config', () => {
  it('is read with its defaults and the digest of its text', () => {
    const { config, sha256 } = parseConfig(good);
    expect(config.release?.canary).toMatchObject({ steps: [10, 50, 100], interval: 10_000, alpha: 0.001 });
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(parseConfig(`${good}\n`).sha256).not.toBe(sha256);
  });

  it('may have gates alone', () => {
    expect(problems('version: 1\ngates:\n  slo: {}\n')).toEqual([]);
  });
});

describe('the config as gates read it', () => {
  it('has the sections of the whole config, and leaves those of the Conductor unread', () => {
    expect(Object.keys(gatesConfigSchema.shape)).toEqual(
      expect.arrayContaining(Object.keys(configSchema.shape)),
    );
    expect(parseGatesConfig(`${good}  canary: { steps: soon }\n`).sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('says of everything else what the whole config says', () => {
    for (const text of [`${good}relase: {}\n`, 'version: 2\n', `${good}allowed_hosts: [https://x]\n`]) {
      const checked = checkConfig(text);
      const problems = checked.ok ? [] : checked.problems.map(formatProblem);
      expect(() => parseGatesConfig(text)).toThrow(problems.join('\n'));
    }
  });
});

describe('a broken config', () => {
  it.each([
    ['an unknown key', `${good}relase: {}\n`, ['unknown-key@8:1']],
    ['an unknown key inside', `${good}  canary:\n    stepps: [100]\n`, ['unknown-key@9:5']],
    ['a missing version', 'gates: {}\n', ['missing-key@1:1']],
    ['another version', good.replace('version: 1', 'version: 2'), ['wrong-value@1:10']],
    ['no duration', `${good}  canary:\n    soak: soon\n`, ['wrong-value@9:11']],
    ['a list instead of a map', '- version: 1\n', ['wrong-value@1:1']],
    ['an empty file', '', ['missing-key@1:1']],
    ['a key twice', `version: 1\nversion: 1\n`, ['duplicate-key@2:1']],
    ['open brackets', 'version: [1\n', ['yaml-syntax@2:1']],
    ['a tab', 'version:\n\t- 1\n', null],
    [
      'falling steps',
      `${good}  canary:\n    steps: [10, 60, 50]\n`,
      ['canary-steps-end-at-100@9:12', 'canary-steps-rise@9:21'],
    ],
    ['steps that do not end in 100', `${good}  canary:\n    steps: [10]\n`, ['canary-steps-end-at-100@9:12']],
    ['a step twice', `${good}  canary:\n    steps: [10, 10, 100]\n`, ['canary-steps-rise@9:17']],
    ['release without metrics', 'version: 1\nrelease: {}\n', ['missing-key@2:10']],
    [
      'a release whose gates nobody may report',
      good.replace(/trusted_workflows:\n.*\n/, ''),
      ['required-gates-can-report@3:3'],
    ],
    [
      'a workflow that is none',
      good.replace('gates.yml', '../x'),
      ['trusted-workflow-is-a-workflow-file@3:5'],
    ],
    ['a host with a scheme', `${good}allowed_hosts: [https://x]\n`, ['allowed-host-is-a-host@8:17']],
    ['one environment for both', `${good}  stage_environment: production\n`, ['environments-differ@8:22']],
    [
      'nobody may promote',
      `${good}  permissions:\n    promote: {roles: []}\n`,
      ['command-permitted-to-somebody@9:14'],
    ],
    ['a gate twice', `${good}  required_gates: [slo, slo]\n`, ['required-gates-once@8:19']],
    ['an interval of nothing', `${good}  canary:\n    interval: 1ms\n`, ['canary-interval-positive@9:15']],
    [
      'no data before the next reading',
      `${good}  canary:\n    no_data_after: 5s\n`,
      ['canary-no-data-after-interval@9:20'],
    ],
    ['a warm-up beyond the soak', `${good}  canary:\n    warm_up: 2h\n`, ['canary-warm-up-within-soak@9:14']],
    ['nesting', `x: ${'['.repeat(40)}${']'.repeat(40)}`, ['too-deep@1:1']],
    ['nesting that overflows a stack', '['.repeat(100_000), ['too-deep@1:1']],
    ['a huge file', `#${'x'.repeat(300_000)}`, ['too-large@1:1']],
    ['a billion laughs', laughs(), ['alias@1:1']],
  ])('%s is named at its place', (_name, text, expected) => {
    if (expected === null) expect(problems(text).length).toBeGreaterThan(0);
    else expect(problems(text)).toEqual(expected);
  });

  it('reports every problem in one error, each with its place and what to do', () => {
    const text = `${good}relase: {}\nallowed_host: []\n`;
    const error = thrownBy(() => parseConfig(text, 'conf.yml'));
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain('conf.yml:8:1: relase: unknown key. Did you mean `release`?');
    expect(String(error)).toContain('conf.yml:9:1: allowed_host: unknown key. Did you mean `allowed_hosts`?');
  });

  it('has a rule of its own name for each cross-field check', () => {
    expect(new Set(configRules.map(({ name }) => name)).size).toBe(configRules.length);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json().map((json) => stringify(JSON.parse(json))),
        ),
        (text) => {
          const checked = checkConfig(text);
          if (!checked.ok) expect(checked.problems.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('the JSON Schema for editors', () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(configJsonSchema());

  it('accepts what the parser accepts and refuses unknown keys', () => {
    expect(
      validate({
        version: 1,
        release: { metrics: { kind: 'scrape', url: 'http://x' }, canary: { soak: '5m' } },
      }),
    ).toBe(true);
    expect(validate({ version: 1, relase: {} })).toBe(false);
  });

  it('describes the keys that people write', () => {
    expect(JSON.stringify(configJsonSchema())).toContain('Canary/baseline error ratio');
    expect(readFileSync('core/config/schema.ts', 'utf8')).toContain('describe(');
  });
});

function laughs(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let n = 1; n < 9; n++)
    lines.push(
      `a${n}: &a${n} [${Array(9)
        .fill(`*a${n - 1}`)
        .join(', ')}]`,
    );
  return lines.join('\n');
}

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
