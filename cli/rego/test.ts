import { InputError } from '../../core/errors.ts';
import { locationText, runTests, type TestReport, type TestResult } from '../../rego/index.ts';
import type { CliInput, CliWorld } from '../command.ts';
import { loadPolicies } from './load.ts';

/** `rego test`: runs every `test_*` rule; the status is 1 when one does not pass or too little is covered. */
export async function runPolicyTests(
  paths: readonly string[],
  input: CliInput,
  world: CliWorld,
): Promise<number> {
  const { modules, data } = await loadPolicies(world, paths.length === 0 ? ['.'] : paths);
  const wanted = input.text('run');
  const threshold = thresholdOf(input);
  const report = runTests(modules, {
    data,
    ...(wanted === null ? {} : { only: (name: string) => name.includes(wanted) }),
  });
  if (input.flag('json')) world.print(JSON.stringify(report, null, 2));
  else
    for (const line of reportLines(report, input.flag('coverage') || threshold !== null)) world.print(line);
  if (report.passed === 0) world.note('no test passed');
  const enough = threshold === null || report.coverage.ratio * 100 >= threshold;
  if (!enough) world.note(`coverage is ${percent(report.coverage.ratio)}, wanted is ${threshold} %`);
  return report.failed + report.errors === 0 && report.passed > 0 && enough ? 0 : 1;
}

function thresholdOf(input: CliInput): number | null {
  const text = input.text('threshold');
  if (text === null) return null;
  const threshold = Number(text);
  if (threshold >= 0 && threshold <= 100) return threshold;
  throw new InputError('USAGE', `--threshold is a percentage, got ${text}`, 'give a number from 0 to 100');
}

function reportLines(report: TestReport, withCoverage: boolean): string[] {
  const lines = report.tests.filter(({ outcome }) => outcome !== 'passed').flatMap(testLines);
  lines.push(
    `${report.passed} passed, ${report.failed} failed, ${report.errors} errors, ${report.skipped} skipped`,
  );
  if (!withCoverage) return lines;
  for (const { file, ratio, notCovered } of report.coverage.files) {
    lines.push(
      `${file}: ${percent(ratio)}${notCovered.length === 0 ? '' : `, not covered: ${notCovered.join(', ')}`}`,
    );
  }
  return [...lines, `coverage: ${percent(report.coverage.ratio)}`];
}

function testLines({ name, outcome, location, message, printed }: TestResult): string[] {
  const place = location === undefined ? '' : `${locationText(location)}: `;
  return [
    `${place}${name}: ${outcome}${message === undefined ? '' : `: ${message}`}`,
    ...printed.map((line) => `  ${line}`),
  ];
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
