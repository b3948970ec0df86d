import { type DestinationStream, type Logger, pino } from 'pino';
import { redactSecrets } from '../core/evidence/secrets.ts';
import type { Log } from '../core/ports/system.ts';

/** Fields that may carry a secret, wherever they stand in the first three levels. */
const secretFields = [
  'authorization',
  'token',
  'password',
  'secret',
  'privateKey',
  'private_key',
  'signature',
  'cookie',
];

/**
 * JSON lines on stdout: static messages, everything variable in fields, secrets redacted: fields by their name,
 * and whatever looks like a credential in any text, such as that of an error.
 *
 * @param fields of what is under way, added to each line.
 */
export function createLogger(
  level: string,
  fields: () => object = () => ({}),
  destination: DestinationStream = pino.destination(1),
): Logger {
  return pino(
    {
      mixin: () => fields(),
      name: 'release-conductor',
      level,
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[redacted]',
      },
      serializers: { url: withoutCredentials },
      hooks: { streamWrite: redactSecrets },
    },
    destination,
  );
}

export function toLog(logger: Logger): Log {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** Addresses are logged without user, password and query. */
function withoutCredentials(value: unknown): unknown {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url === null ? value : `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`;
}
