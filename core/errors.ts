/**
 * Every failure that reaches a person is a `ConductorError`. The family says who acts on it, the code is
 * stable, the message says what was expected and what was found, `help` says what to add, change or remove.
 * A failing gate is a verdict, never an exception.
 */
export abstract class ConductorError extends Error {
  readonly code: string;
  readonly help: string;
  /** Process exit status of the CLI and of an action that ends with this error. */
  abstract readonly exitStatus: number;

  constructor(code: string, message: string, help: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.help = help;
  }
}

/** The config file is wrong; its author acts. */
export class ConfigError extends ConductorError {
  readonly exitStatus = 2;
}

/** An argument, a file or a request is wrong; the caller acts. */
export class InputError extends ConductorError {
  readonly exitStatus = 2;
}

/** GitHub or the operating system refused; an administrator acts. */
export class PermissionError extends ConductorError {
  readonly exitStatus = 2;
}

/** A provider (GitHub, Prometheus, a registry …) did not answer as documented. */
export class ProviderError extends ConductorError {
  readonly exitStatus = 3;
  /** True when the same call may succeed later. */
  readonly retryable: boolean;
  /** Earliest time to try again, in ms since the epoch, when the provider named one. */
  readonly retryAt: number | undefined;

  constructor(
    code: string,
    message: string,
    help: string,
    options: { retryable: boolean; retryAt?: number | undefined; cause?: unknown },
  ) {
    super(code, message, help, options);
    this.retryable = options.retryable;
    this.retryAt = options.retryAt;
  }
}

/** Evidence, a signature or an identity is not what it claims; nobody retries. */
export class VerificationError extends ConductorError {
  readonly exitStatus = 1;
}

/** The world moved since it was read: read again, decide again. */
export class ConflictError extends ConductorError {
  readonly exitStatus = 1;
}

/** A defect of ours. */
export class InternalError extends ConductorError {
  readonly exitStatus = 70;
}
