/** What people have at hand that is not read, and what to write instead. First match wins. */
const foreign: readonly (readonly [RegExp, string])[] = [
  [
    /^\s*<\?xml[\s\S]{0,400}<testResults|^\s*<testResults/,
    'JMeter’s XML: save CSV (jmeter.save.saveservice.output_format=csv)',
  ],
  [/^metric_name,timestamp,metric_value,/, 'k6’s CSV: write --out json or handleSummary'],
  [
    /^RUN\t[\s\S]*?^(?:REQUEST|USER)\t/m,
    'Gatling’s simulation.log, which has no stable format: measure with a tool that is read',
  ],
  [
    /^\s*\{[\s\S]{0,2000}"aggregate"\s*:\s*\{[\s\S]{0,2000}"counters"/,
    'Artillery’s report: measure with a tool that is read',
  ],
  [/^response-time,DNS\+dialup,/, 'hey’s CSV: keep the summary that it prints without -o csv'],
  [/^Timestamp,User Count,Type,Name,/, 'Locust’s history: give the file that ends in _stats.csv'],
  [
    /^\s*(?:█ THRESHOLDS|█ TOTAL RESULTS)/m,
    'what k6 prints for people: write handleSummary or --summary-export',
  ],
  [/^\{"Time":"[^"]*","Action":"/, 'the JSON of go test: give the text that it prints without -json'],
];

/** Whose file it is, when it is known and not read; null otherwise. */
export function foreignTo(text: string): string | null {
  return foreign.find(([pattern]) => pattern.test(text.slice(0, 20_000)))?.[1] ?? null;
}
