import { ConfigError } from '../../core/errors.ts';

export interface S3Settings {
  /** Address of the service, without the bucket. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Before every name; empty or ending with a slash. */
  readonly prefix: string;
  /** Mode of the object lock; null: the bucket has none, and only our own word keeps the evidence. */
  readonly lock: 'COMPLIANCE' | 'GOVERNANCE' | null;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/**
 * Reads `s3://bucket/prefix?region=…&endpoint=…&lock=compliance|governance|none`; the credentials come from AWS' own
 * variables. The lock is compliance unless it says otherwise.
 *
 * @throws ConfigError `EVIDENCE_STORE_INVALID`
 */
export function parseS3Settings(
  address: string,
  env: Readonly<Record<string, string | undefined>>,
): S3Settings {
  const url = URL.parse(address);
  if (url?.protocol !== 's3:' || url.hostname === '') {
    throw invalid('expected s3://bucket/prefix?region=…');
  }
  const region = url.searchParams.get('region') ?? env.AWS_REGION ?? 'us-east-1';
  const accessKeyId = env.AWS_ACCESS_KEY_ID;
  const secretAccessKey = env.AWS_SECRET_ACCESS_KEY;
  if (!accessKeyId || !secretAccessKey) {
    throw invalid('expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment');
  }
  const endpoint = url.searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`;
  if (!URL.canParse(endpoint)) throw invalid('expected an address as endpoint');
  const prefix = url.pathname.replace(/^\/+/, '').replace(/\/*$/, '/').replace(/^\/$/, '');
  return {
    endpoint: endpoint.replace(/\/+$/, ''),
    region,
    bucket: url.hostname,
    prefix,
    lock: parseLock(url.searchParams.get('lock')),
    accessKeyId,
    secretAccessKey,
    sessionToken: env.AWS_SESSION_TOKEN,
  };
}

function parseLock(text: string | null): S3Settings['lock'] {
  switch (text) {
    case null:
    case 'compliance':
      return 'COMPLIANCE';
    case 'governance':
      return 'GOVERNANCE';
    case 'none':
      return null;
    default:
      throw invalid(
        `expected lock=compliance, governance or none, found ${JSON.stringify(text.slice(0, 40))}`,
      );
  }
}

function invalid(message: string): ConfigError {
  return new ConfigError(
    'EVIDENCE_STORE_INVALID',
    `EVIDENCE_STORE: ${message}`,
    'for example s3://evidence/releases?region=eu-central-1; the bucket needs object lock',
  );
}
