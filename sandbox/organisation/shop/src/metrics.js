const edges = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** RED metrics of the service in Prometheus' text format. */
export function createMetrics(common) {
  const requests = new Map();
  const durations = new Map();

  return {
    /** Starts the clock of one request; call the result with its status and route. */
    start() {
      const began = performance.now();
      return (status, path) => {
        const seconds = (performance.now() - began) / 1000;
        const key = labels({ ...common, path, code: status });
        requests.set(key, (requests.get(key) ?? 0) + 1);
        observe(durations, labels({ ...common, path }), seconds);
      };
    },
    expose() {
      const lines = ['# HELP http_requests_total Requests answered.', '# TYPE http_requests_total counter'];
      for (const [key, count] of requests) lines.push(`http_requests_total{${key}} ${count}`);
      lines.push('# HELP http_request_duration_seconds Time to answer.');
      lines.push('# TYPE http_request_duration_seconds histogram');
      for (const [key, histogram] of durations) lines.push(...histogramLines(key, histogram));
      return `${lines.join('\n')}\n`;
    },
  };
}

function observe(durations, key, seconds) {
  const histogram = durations.get(key) ?? { buckets: edges.map(() => 0), sum: 0, count: 0 };
  durations.set(key, histogram);
  for (const [index, edge] of edges.entries()) if (seconds <= edge) histogram.buckets[index] += 1;
  histogram.sum += seconds;
  histogram.count += 1;
}

function histogramLines(key, { buckets, sum, count }) {
  const name = 'http_request_duration_seconds';
  return [
    ...edges.map((edge, index) => `${name}_bucket{${key},le="${edge}"} ${buckets[index]}`),
    `${name}_bucket{${key},le="+Inf"} ${count}`,
    `${name}_sum{${key}} ${sum}`,
    `${name}_count{${key}} ${count}`,
  ];
}

function labels(values) {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
}
