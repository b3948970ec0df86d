import { describe, expect, it } from 'vitest';
import { checkConfig, parseConfig } from '../../../core/config/parse.ts';
import { releaseOfTag } from '../../../core/config/release-of-tag.ts';
import { servicesOf } from '../../../core/config/services.ts';

const head = `version: 1
trusted_workflows: [.github/workflows/gates.yml]
release:
  metrics: {kind: prometheus, url: http://prometheus:9090, match: {cluster: eu}}
  canary: {soak: 1m, alpha: 0.01}
`;
const monorepo = `${head}services:
  api:
    tags: api-v*
    paths: [services/api/**]
    canary: {steps: [5, 100]}
    production_environment: api-production
    metrics: {match: {app: api}}
  web: {tags: web-v*}
`;

const problems = (text: string): readonly string[] => {
  const checked = checkConfig(text);
  return checked.ok ? [] : checked.problems.map(({ rule, path }) => `${rule} ${path}`);
};

describe('services of a monorepo', () => {
  const { config } = parseConfig(monorepo);

  it('take what they do not say from `release`', () => {
    const [api, web] = servicesOf(config);
    expect(api?.release.canary).toMatchObject({ steps: [5, 100], soak: 60_000, alpha: 0.01 });
    expect(api?.release.metrics).toMatchObject({ url: 'http://prometheus:9090', match: { app: 'api' } });
    expect(api?.release).toMatchObject({ service: 'api', paths: ['services/api/**'] });
    expect(api?.release.production_environment).toBe('api-production');
    expect(web?.release.canary.steps).toEqual([10, 50, 100]);
    expect(web?.release).toMatchObject({ service: 'web', paths: [], production_environment: 'production' });
  });

  it.each([
    ['api-v1.2.0', 'api'],
    ['web-v3.0.0', 'web'],
    ['v1.0.0', undefined],
    ['worker-v1', undefined],
  ])('the tag %s releases %s', (tag, service) => {
    expect(releaseOfTag(config, tag)?.service).toBe(service);
  });

  it('are one without a name when the config has no `services`', () => {
    expect(releaseOfTag(parseConfig(head).config, 'v1.0.0')?.service).toBeNull();
  });
});

describe('a wrong service', () => {
  it.each([
    ['a tag of two services', 'a: {tags: api-v*}, b: {tags: "api-*"}', 'service-tags-differ services.b.tags'],
    ['no tags', 'a: {paths: [x]}', 'missing-key services.a.tags'],
    ['an unknown key', 'a: {tags: a*, pathz: [x]}', 'unknown-key services.a.pathz'],
    [
      'steps that fall',
      'a: {tags: a*, canary: {steps: [50, 10]}}',
      'canary-steps-rise services.a.canary.steps.1',
    ],
    [
      'one environment',
      'a: {tags: a*, stage_environment: production}',
      'environments-differ services.a.stage_environment',
    ],
  ])('%s is found at its place', (_name, services, problem) => {
    expect(problems(`${head}services: {${services}}\n`)).toContain(problem);
  });

  it('is told once where the defaults are wrong', () => {
    const text = monorepo.replace('soak: 1m', 'soak: 1m, interval: 1ms');
    expect(problems(text)).toEqual(['canary-interval-positive release.canary.interval']);
  });

  it('needs the defaults', () => {
    expect(problems('version: 1\nservices: {a: {tags: a*}}\n')).toEqual(['services-have-defaults services']);
  });
});
