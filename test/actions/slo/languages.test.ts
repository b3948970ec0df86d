import { describe, expect, it } from 'vitest';
import { promqlOf } from '../../../actions/slo/documents/measure.ts';
import { readDocuments } from '../../../actions/slo/documents/read.ts';
import type { Slo } from '../../../actions/slo/model.ts';

const hour = 3_600_000;

/** Each text is one file. */
function read(...texts: readonly string[]) {
  return readDocuments(
    texts.map((text, n) => ({ path: `${n + 1}.yaml`, bytes: new TextEncoder().encode(text) })),
  );
}

/** What is asked of a Prometheus about the last hour: bad or good, and all. */
function asked({ sli }: Slo): readonly string[] {
  switch (sli.kind) {
    case 'events':
      return [
        `${sli.numerator.is} ${promqlOf(sli.numerator.measure, hour, [])}`,
        promqlOf(sli.total, hour, []),
      ];
    case 'error-ratio':
      return [sli.text];
    case 'unsupported':
      return [sli.reason];
  }
}

const pyrra = (indicator: string, rest = '') => `
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: shop}
spec: {target: '99.5', window: 4w, indicator: {${indicator}}${rest}}
`;

const slo = (spec: string) => `
apiVersion: openslo/v1
kind: SLO
metadata: {name: shop}
spec:
  service: shop
  timeWindow: [{duration: 28d, isRolling: true}]
${spec}`;

const sloth = (sli: string, rest = '') =>
  `{version: prometheus/v1, service: shop, slos: [{name: up, objective: 99.9, sli: ${sli}${rest}}]}`;

describe('Pyrra', () => {
  it.each([
    [
      'a ratio',
      `ratio: {errors: {metric: 'm{code=~"5.."}'}, total: {metric: m}}`,
      ['bad sum(increase(m{code=~"5.."}[1h]))', 'sum(increase(m[1h]))'],
    ],
    [
      'a latency',
      `latency: {success: {metric: 'd_bucket{le="0.5"}'}, total: {metric: d_count}}`,
      ['good sum(increase(d_bucket{le="0.5"}[1h]))', 'sum(increase(d_count[1h]))'],
    ],
    [
      'a native histogram',
      `latencyNative: {latency: 200ms, total: {metric: d}}`,
      [
        'good histogram_fraction(0, 0.2, sum(increase(d[1h]))) * histogram_count(sum(increase(d[1h])))',
        'histogram_count(sum(increase(d[1h])))',
      ],
    ],
    [
      'a gauge of checks',
      'bool_gauge: {metric: probe_success}',
      ['good sum(sum_over_time(probe_success[1h]))', 'sum(count_over_time(probe_success[1h]))'],
    ],
  ])('reads %s', (_what, indicator, queries) => {
    const { slos, problems } = read(pyrra(indicator));
    expect(problems).toEqual([]);
    expect(slos).toMatchObject([{ name: 'shop', target: 0.995, periodMs: 28 * 24 * hour, notes: [] }]);
    expect(slos.flatMap(asked)).toEqual(queries);
  });

  it('says that groups are judged as one', () => {
    const [one] = read(pyrra('bool_gauge: {metric: probe_success, grouping: [target]}')).slos;
    expect(one?.notes).toEqual([expect.stringContaining('groups it by target')]);
  });

  it.each([
    ['no indicator', '', 'exactly one of'],
    [
      'two indicators',
      'bool_gauge: {metric: a}, latencyNative: {latency: 1s, total: {metric: b}}',
      'exactly one of',
    ],
    ['a query for a metric', 'bool_gauge: {metric: "rate(a[5m])"}', 'expected a metric'],
  ])('refuses %s with its line', (_what, indicator, message) => {
    expect(read(pyrra(indicator)).problems).toEqual([
      expect.objectContaining({ line: 5, message: expect.stringContaining(message) }),
    ]);
  });

  it('refuses a target that is no per cent', () => {
    const { problems } = read(pyrra('bool_gauge: {metric: a}').replace("'99.5'", "'101'"));
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('spec.target')]);
  });
});

describe('OpenSLO across files', () => {
  const indicator = `  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {metricSourceRef: here, spec: {query: bad_total}}}
        total: {metricSource: {metricSourceRef: here, spec: {query: all_total}}}
`;
  const source = (type: string) =>
    `{apiVersion: openslo/v1, kind: DataSource, metadata: {name: here}, spec: {type: ${type}, connectionDetails: {}}}`;
  const ratio = slo(`  budgetingMethod: Occurrences\n${indicator}  objectives: [{target: 0.99}]\n`);

  it.each([
    ['a Prometheus', [source('Prometheus')], 'bad sum(increase(bad_total[1h]))'],
    ['Amazon’s Prometheus', [source('AmazonPrometheus')], 'bad sum(increase(bad_total[1h]))'],
    ['something that is in none of the files', [], 'bad sum(increase(bad_total[1h]))'],
    [
      'Datadog',
      [source('Datadog')],
      'queries of type Datadog are not evaluated here; record the counts instead',
    ],
  ])('asks a data source that is %s', (_what, files, first) => {
    const { slos, problems } = read(ratio, ...files);
    expect(problems).toEqual([]);
    expect(slos.flatMap(asked)[0]).toBe(first);
  });

  it('finds the indicator in whatever file it is, before or after', () => {
    const referring = slo(
      '  budgetingMethod: Occurrences\n  indicatorRef: errors\n  objectives: [{target: 0.99}]\n',
    );
    const sli = `
apiVersion: openslo/v1
kind: SLI
metadata: {name: errors}
spec: {ratioMetric: {counter: true, bad: {metricSource: {spec: {query: b}}}, total: {metricSource: {spec: {query: t}}}}}
`;
    expect(read(referring, sli).slos.flatMap(asked)).toEqual(read(sli, referring).slos.flatMap(asked));
    expect(read(referring, sli).slos.flatMap(asked)[0]).toBe('bad sum(increase(b[1h]))');
    expect(read(referring).slos.flatMap(asked)).toEqual(['the indicator `errors` is in none of the files']);
    expect(read(referring, sli, sli).problems).toEqual([
      { path: '3.yaml', line: 4, message: 'a second SLI named errors' },
    ]);
  });

  it('says which alert policy and which condition nobody wrote', () => {
    const policy = `
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: page}
spec:
  alertWhenNoData: false
  alertWhenResolved: false
  alertWhenBreaching: true
  conditions: [{conditionRef: fast-burn}]
  notificationTargets: [{targetRef: people}]
`;
    const alerting = ratio.replace(
      '  objectives',
      '  alertPolicies: [page, {alertPolicyRef: mail}]\n  objectives',
    );
    const { slos, problems } = read(alerting, policy);
    expect(problems).toEqual([]);
    expect(slos[0]?.notes.map((note) => note.split(' is in none')[0])).toEqual([
      'the alert policy `mail`',
      'the alert condition `fast-burn`',
    ]);
  });

  it('judges the parts of a composite one by one, and says so', () => {
    const part = (query: string) => `
    - target: 0.99
      compositeWeight: 2
      indicator:
        spec:
          ratioMetric:
            counter: true
            bad: {metricSource: {spec: {query: ${query}}}}
            total: {metricSource: {spec: {query: all_total}}}`;
    const { slos, problems } = read(
      slo(`  budgetingMethod: Occurrences\n  objectives:${part('a_total')}${part('b_total')}\n`),
    );
    expect(problems).toEqual([]);
    expect(slos.map(({ name, notes }) => [name, notes])).toEqual([
      ['shop/1', [expect.stringContaining('a composite')]],
      ['shop/2', [expect.stringContaining('a composite')]],
    ]);
  });

  it('takes metrics without `counter` for counters by their names only', () => {
    const open = (query: string) =>
      ratio.replace('        counter: true\n', '').replaceAll('all_total', query);
    expect(read(open('all_total')).slos.flatMap(asked)[0]).toBe('bad sum(increase(bad_total[1h]))');
    expect(read(open('requests')).slos.flatMap(asked)).toEqual([
      'whether the metrics are counters is not said: add `counter`',
    ]);
  });

  it('asks for no window that is shorter than a slice', () => {
    const [one] = read(
      ratio
        .replace('Occurrences', 'Timeslices')
        .replace('target: 0.99', '$&, timeSliceTarget: 0.9, timeSliceWindow: 15m'),
    ).slos;
    if (one?.sli.kind !== 'events') throw new Error('expected events');
    expect(promqlOf(one.sli.total, 300_000, [])).toMatch(/\[15m:15m\]/);
    expect(promqlOf(one.sli.total, hour, [])).toMatch(/\[1h:15m\]/);
  });

  it('makes slices of a ratio that is stored ready made', () => {
    const [one] = read(
      slo(`  budgetingMethod: Timeslices
  indicator:
    spec: {ratioMetric: {rawType: failure, raw: {metricSource: {spec: {query: error_ratio}}}}}
  objectives: [{target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: 5m}]
`),
    ).slos;
    expect(one?.sli).toMatchObject({ kind: 'events', of: 'slices' });
  });
});

describe('Sloth', () => {
  const events =
    '{events: {error_query: "sum(rate(e[{{.window}}]))", total_query: "sum(rate(t[{{.window}}]))"}}';

  it('leaves a quotient to the provider when one side does not count events', () => {
    const share =
      '{events: {error_query: "1 - share(rate(b[{{.window}}]))", total_query: "vector(1)[{{.window}}]"}}';
    expect(read(sloth(share)).slos.flatMap(asked)).toEqual([
      '(1 - share(rate(b[{{.window}}]))) / (vector(1)[{{.window}}])',
    ]);
  });

  it('judges objectives whose alerts are disabled, and says so', () => {
    const [one] = read(
      sloth(events, ', alerting: {page_alert: {disable: true}, ticket_alert: {disable: true}}'),
    ).slos;
    expect(one?.notes).toEqual([expect.stringContaining('its alerts are disabled')]);
    expect(read(sloth(events, ', alerting: {page_alert: {labels: {a: b}}}')).slos[0]?.notes).toEqual([]);
  });

  it('does not apply windows of its own, and says so', () => {
    const windows = '{apiVersion: sloth.slok.dev/v1, kind: AlertWindows, spec: {sloPeriod: 7d}}';
    const { slos, problems } = read(sloth(events), windows);
    expect(problems).toEqual([]);
    expect(slos[0]?.notes).toEqual([expect.stringContaining('AlertWindows')]);
  });

  it('knows merge keys, as Sloth does', () => {
    const merged = `
version: prometheus/v1
service: shop
common: &common {objective: 99.9, sli: ${events}}
slos: [{<<: *common, name: a}, {<<: *common, name: b, objective: 99}]
`;
    expect(read(merged)).toMatchObject({ problems: [], slos: [{ target: 0.999 }, { target: 0.99 }] });
  });

  it.each(['﻿', '# a comment\r\n'])('reads what an editor of another system wrote (%j)', (prefix) => {
    expect(read(`${prefix}${sloth(events)}`.replaceAll('\n', '\r\n'))).toMatchObject({
      problems: [],
      slos: [{ name: 'shop-up' }],
    });
  });

  it('does not run plug-ins, and names the one', () => {
    expect(read(sloth('{plugin: {id: sloth-common/http/availability}}')).slos.flatMap(asked)).toEqual([
      expect.stringContaining('sloth-common/http/availability'),
    ]);
  });
});

describe('what is not read is refused by name', () => {
  it.each([
    ['apiVersion: openslo/v1alpha', 'OpenSLO before v1'],
    ['apiVersion: openslo.com/v2alpha', 'OpenSLO v2'],
    ['apiVersion: n9/v1alpha', 'Nobl9'],
    ['apiVersion: sre.google.com/v2', 'slo-generator'],
    ['apiVersion: monitoring.coreos.com/v1', 'Prometheus rules'],
    ['groups: []', 'Prometheus rules'],
    ['spec_version: "1.0"', 'Keptn'],
    ['apiVersion: metrics.keptn.sh/v1', 'Keptn'],
    ['version: prometheus/v2', 'prometheus/v2'],
    ['apiVersion: apps/v1', '`apiVersion: apps/v1` is no language of objectives'],
    ['hello: world', 'neither `apiVersion` nor `version`'],
    ['- a list', 'neither `apiVersion` nor `version`'],
    ['just text', 'neither `apiVersion` nor `version`'],
  ])('%s', (text, message) => {
    expect(read(text)).toEqual({
      slos: [],
      problems: [{ path: '1.yaml', line: 1, message: expect.stringContaining(message) }],
    });
  });
});
