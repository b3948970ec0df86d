/** What our own store lacks for now. An operator mends it, and nothing that waits for it is lost. */
export type Outage = 'DISK_FULL' | 'DATABASE_BUSY' | 'DATABASE_UNAVAILABLE';

/**
 * Which outage of the database or of a disk of ours an error tells of; null: none. The codes are Postgres' SQLSTATEs
 * (40: another transaction had to go first, 53: insufficient resources, 57P: intervention of an operator) and those of
 * the operating system.
 */
export function outageOf(error: unknown): Outage | null {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  switch (code) {
    case '53100':
    case 'ENOSPC':
    case 'EDQUOT':
      return 'DISK_FULL';
    case '53300':
    case '40P01':
    case '40001':
      return 'DATABASE_BUSY';
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EPIPE':
    case '57P01':
    case '57P02':
    case '57P03':
      return 'DATABASE_UNAVAILABLE';
    default:
      // How the driver says that a connection went away under a query: without a code.
      return typeof message === 'string' && /^Connection terminated/.test(message)
        ? 'DATABASE_UNAVAILABLE'
        : null;
  }
}
