/** An option of a command. `value` is what stands for its value in the help; without it, it is a switch. */
export interface CliOption {
  readonly help: string;
  readonly value?: string;
  readonly short?: string;
  /** May be given several times. */
  readonly many?: boolean;
}

/** What a command was called with. */
export interface CliInput {
  readonly args: readonly string[];
  /** Last value of an option; null when it was not given. */
  text(name: string): string | null;
  /** Every value of an option that may be given several times. */
  texts(name: string): readonly string[];
  flag(name: string): boolean;
}

/** The process as a command sees it. */
export interface CliWorld {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** Standard output: results and nothing else. A line break is added. */
  print(text: string): void;
  /** Standard error: everything that is said beside the result. */
  note(text: string): void;
  /** Resolves when the user asks the process to end (Ctrl-C, SIGTERM). */
  untilStopped(): Promise<void>;
}

/** One command: a file in `commands/` and a line in `registry.ts`. */
export interface CliCommand {
  /** What follows the name on the usage line. */
  readonly usage: string;
  readonly description: string;
  readonly options: Readonly<Record<string, CliOption>>;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** Answers with the exit status: 0 done, 1 no, 2 usage, config or input, 3 a provider, 70 a defect of ours. */
  run(input: CliInput, world: CliWorld): Promise<number>;
}

/** A line of the registry; the command itself is loaded when it is called. */
export interface CliEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CliCommand>;
}
