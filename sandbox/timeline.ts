import { styleText } from 'node:util';

/** One thing that was, or was not, observed from outside. */
export interface Observation {
  readonly scenario: string;
  readonly what: string;
  readonly detail: string | null;
  readonly observed: boolean;
  /** Time that the observation took, ms. */
  readonly took: number;
}

interface Output {
  write(text: string): unknown;
}

/**
 * The demo's voice: a line for each thing that a person does and for each thing that is observed, with the
 * time since the start. It keeps every observation for the closing summary.
 */
export class Timeline {
  readonly observations: Observation[] = [];
  private scenario = '';
  private readonly started: number;
  private readonly out: Output;
  private readonly now: () => number;
  private readonly patience: number;

  /** @param patience how many times as long as usual an observation may take: a killed Conductor needs time. */
  constructor(out: Output, now: () => number, patience = 1) {
    this.out = out;
    this.now = now;
    this.patience = patience;
    this.started = now();
  }

  get elapsed(): number {
    return this.now() - this.started;
  }

  chapter(scenario: string, title: string): void {
    this.scenario = scenario;
    this.out.write(`\n${styleText('bold', title)}\n`);
  }

  /** Something that a person or the demo does. */
  act(text: string): void {
    this.line(styleText('cyan', '›'), text, '');
  }

  /** Something worth knowing that is no observation. */
  note(text: string): void {
    this.line(' ', styleText('dim', text), '');
  }

  /**
   * Waits until `probe` returns text (the detail of what was seen); null means "not yet". An error of the probe
   * counts as not yet and is told when time is up.
   * @param timeout ms, before patience
   * @throws NotObserved when the time has passed.
   */
  async observe(what: string, probe: () => Promise<string | null>, timeout = 90_000): Promise<string> {
    const from = this.now();
    let last = 'nothing was seen';
    while (this.now() - from < timeout * this.patience) {
      try {
        const detail = await probe();
        if (detail !== null) return this.seen(what, detail, this.now() - from);
      } catch (error) {
        if (error instanceof Refuted) last = error.message;
        else last = `the last look failed: ${error instanceof Error ? error.message : String(error)}`;
        if (error instanceof Refuted) break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    this.observations.push({
      scenario: this.scenario,
      what,
      detail: last,
      observed: false,
      took: this.now() - from,
    });
    this.line(styleText('red', '✘'), what, last);
    throw new NotObserved(what, last);
  }

  /** Records something that should have been seen and was not. */
  miss(what: string, why: string): void {
    this.observations.push({ scenario: this.scenario, what, detail: why, observed: false, took: 0 });
    this.line(styleText('red', '✘'), what, why);
  }

  private seen(what: string, detail: string, took: number): string {
    this.observations.push({ scenario: this.scenario, what, detail, observed: true, took });
    this.line(styleText('green', '✔'), what, detail);
    return detail;
  }

  private line(mark: string, text: string, detail: string): void {
    const at = `${(this.elapsed / 1_000).toFixed(1).padStart(6)}s`;
    const tail = detail === '' ? '' : styleText('dim', `  ${detail.replace(/\s+/g, ' ')}`);
    this.out.write(`${styleText('dim', at)} ${mark} ${text}${tail}\n`);
  }
}

/** The probe saw the opposite of what was expected: waiting longer is no use. */
export class Refuted extends Error {}

export class NotObserved extends Error {
  constructor(what: string, last: string) {
    super(`not observed: ${what} (${last})`);
  }
}

/** The closing summary as text. */
export function renderSummary(observations: readonly Observation[], elapsedMs: number): string {
  const missing = observations.filter((one) => !one.observed);
  const scenarios = [...new Set(observations.map((one) => one.scenario))];
  const rows = scenarios.map((name) => {
    const mine = observations.filter((one) => one.scenario === name);
    const seconds = mine.reduce((sum, one) => sum + one.took, 0) / 1_000;
    return `  ${name.padEnd(24)} ${`${mine.filter((one) => one.observed).length}/${mine.length}`.padStart(6)} observed  ${seconds.toFixed(1).padStart(6)} s`;
  });
  const verdict =
    missing.length === 0
      ? styleText('green', `Everything was observed from outside, in ${(elapsedMs / 1_000).toFixed(0)} s.`)
      : styleText('red', `Missing: ${missing.map((one) => one.what).join('; ')}`);
  return ['', styleText('bold', 'Summary'), ...rows, '', verdict, ''].join('\n');
}
