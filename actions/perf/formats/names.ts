/** Formats of result files, in the order in which they are tried. */
export const formatNames = [
  'k6-summary',
  'k6-machine-readable',
  'k6-export',
  'k6-stream',
  'autocannon',
  'vegeta',
  'oha',
  'benchmark',
  'locust',
  'jmeter',
  'go-bench',
  'wrk',
  'hey',
] as const;
export type FormatName = (typeof formatNames)[number];
