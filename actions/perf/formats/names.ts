/** Formats of result files, in the order in which they are tried. */
export const formatNames = [
  'k6-summary',
  'k6-export',
  'k6-stream',
  'autocannon',
  'benchmark',
  'go-bench',
  'jmeter',
  'wrk',
  'hey',
] as const;
export type FormatName = (typeof formatNames)[number];
