import { InternalError } from '../../../core/errors.ts';

export function unwired(): InternalError {
  return new InternalError('NOT_WIRED', 'This process cannot call a flag provider', 'Report this.');
}
