/** GitHub says no: becomes the documented JSON error with this status. */
export class GithubRefusal extends Error {
  readonly status: number;
  readonly errors: readonly Readonly<Record<string, unknown>>[] | undefined;

  constructor(status: number, message: string, errors?: readonly Readonly<Record<string, unknown>>[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }

  body(): Record<string, unknown> {
    return {
      message: this.message,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(this.status),
    };
  }
}

export const notFound = (): GithubRefusal => new GithubRefusal(404, 'Not Found');
export const forbidden = (message: string): GithubRefusal => new GithubRefusal(403, message);
export const unprocessable = (message: string): GithubRefusal =>
  new GithubRefusal(422, `Validation Failed: ${message}`, [{ code: 'custom', message }]);
export const ruleViolation = (status: 405 | 409 | 422, reasons: readonly string[]): GithubRefusal =>
  new GithubRefusal(status, `Repository rule violations found\n\n${reasons.join('\n\n')}\n\n`);
