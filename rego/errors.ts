/** Where something stands in a source: rows and columns count from 1, offsets in UTF-16 units from 0. */
export interface Location {
  readonly file: string;
  readonly row: number;
  readonly col: number;
}

/** OPA's error codes, and `eval_limit_error` for a budget of the caller that ran out. */
export type RegoErrorCode =
  | 'rego_parse_error'
  | 'rego_compile_error'
  | 'rego_type_error'
  | 'rego_unsafe_var_error'
  | 'rego_recursion_error'
  | 'eval_conflict_error'
  | 'eval_type_error'
  | 'eval_builtin_error'
  | 'eval_with_merge_error'
  | 'eval_internal_error'
  | 'eval_cancel_error'
  | 'eval_limit_error';

/** One problem of a policy or of its evaluation: what, with OPA's code, and where. */
export class RegoError extends Error {
  readonly code: RegoErrorCode;
  readonly detail: string;
  readonly location: Location | undefined;

  constructor(code: RegoErrorCode, detail: string, location?: Location | undefined) {
    super(`${location === undefined ? '' : `${locationText(location)}: `}${code}: ${detail}`);
    this.name = 'RegoError';
    this.code = code;
    this.detail = detail;
    this.location = location;
  }
}

/** Every problem that was found in the modules given to the compiler. */
export class RegoErrors extends Error {
  readonly errors: readonly RegoError[];

  constructor(errors: readonly RegoError[]) {
    const count = errors.length === 1 ? '1 error occurred' : `${errors.length} errors occurred`;
    super(`${count}: ${errors.map((error) => error.message).join('\n')}`);
    this.name = 'RegoErrors';
    this.errors = errors;
  }
}

/** `file:row:col` */
export function locationText(location: Location): string {
  return `${location.file === '' ? '' : `${location.file}:`}${location.row}:${location.col}`;
}
