import type { StepAnnotation } from '../record.ts';
import { parseCommand } from './commands.ts';
import type { Masks } from './masks.ts';

const maxCharacters = 1024 * 1024;

/** The log of one step: obeys workflow commands in the lines it is given, masks everything, keeps at most 1 MiB. */
export class StepLog {
  readonly annotations: StepAnnotation[] = [];
  /** Commands that the runner does not know how to obey; each fails the step. */
  readonly problems: string[] = [];
  readonly #masks: Masks;
  readonly #lines: string[] = [];
  #size = 0;
  #stopToken: string | null = null;

  constructor(masks: Masks) {
    this.#masks = masks;
  }

  /** A line that the runner itself writes. */
  note(text: string): void {
    this.#write(text);
  }

  /** A line that a process wrote. */
  line(text: string): void {
    if (this.#stopToken !== null) {
      if (text.trim() === `::${this.#stopToken}::`) this.#stopToken = null;
      else this.#write(text);
      return;
    }
    const command = parseCommand(text);
    if (command === null) {
      this.#write(text);
      return;
    }
    switch (command.kind) {
      case 'annotation':
        this.#annotate(command.level, command.message, command.properties);
        break;
      case 'mask':
        this.#masks.add(command.value);
        break;
      case 'stop':
        this.#stopToken = command.token;
        break;
      case 'debug':
        this.#write(`##[debug]${command.message}`);
        break;
      case 'group':
        this.#write(`##[group]${command.title}`);
        break;
      case 'endgroup':
        this.#write('##[endgroup]');
        break;
      case 'echo':
        break;
      case 'unsupported':
        this.fail(`the workflow command ::${command.name}:: is not supported: ${command.remedy}`);
        break;
    }
  }

  /** Records a failure of the step beside its exit status. */
  fail(problem: string): void {
    this.problems.push(this.#masks.apply(problem));
    this.#annotate('error', problem, {});
  }

  text(): string {
    return this.#lines.join('\n');
  }

  #annotate(
    level: StepAnnotation['level'],
    message: string,
    properties: Readonly<Record<string, string>>,
  ): void {
    const number = (key: string) => (properties[key] === undefined ? null : Number(properties[key]));
    this.annotations.push({
      level,
      message: this.#masks.apply(message),
      title: properties.title === undefined ? null : this.#masks.apply(properties.title),
      path: properties.file ?? null,
      line: number('line'),
      endLine: number('endLine'),
      column: number('col'),
    });
    this.#write(`##[${level}]${message}`);
  }

  #write(text: string): void {
    if (this.#size >= maxCharacters) return;
    const masked = this.#masks.apply(text);
    this.#size += masked.length + 1;
    this.#lines.push(
      this.#size >= maxCharacters ? '(the log is longer than 1 MiB; the rest is left out)' : masked,
    );
  }
}
