/** One thing that is wrong with a config file, at its place. `line` and `column` are 1-based. */
export interface ConfigProblem {
  /** Stable name of the rule or of the kind of mistake, kebab-case. */
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted path of the key, `release.canary.steps`. */
  readonly path: string;
  readonly message: string;
  /** What to add, change or remove. */
  readonly help: string;
}

/** `file:line:column: path: message. help` */
export function formatProblem(problem: ConfigProblem): string {
  return `${placeProblem(problem)}. ${problem.help}`;
}

/** `file:line:column: path: message`, where the help is shown beside it. */
export function placeProblem(problem: ConfigProblem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const subject = problem.path === '' ? '' : `${problem.path}: `;
  return `${place}: ${subject}${problem.message}`;
}
