import { z } from 'zod';
import { parseDuration } from '../core/config/duration.ts';
import { ConfigError } from '../core/errors.ts';
import { defaultRetention } from '../core/evidence/retention.ts';

/** Anything but a clear word is refused: who writes `SIMULATE=yes` does not mean that everything is performed. */
const flag = z
  .string()
  .optional()
  .transform((text) => (text ?? '').trim().toLowerCase())
  .pipe(z.enum(['', 'true', '1', 'false', '0'], 'expected true or false'))
  .transform((text) => text === 'true' || text === '1');
const list = z
  .string()
  .optional()
  .transform((text) => (text ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()])));
const optional = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text === '' ? undefined : text));

/** The environment of the app; names that Probot has too mean the same here. */
const environmentSchema = z.object({
  APP_ID: optional.pipe(z.coerce.number<string>().int().positive().optional()),
  PRIVATE_KEY: optional,
  PRIVATE_KEY_PATH: optional,
  WEBHOOK_SECRET: optional,
  GITHUB_CLIENT_ID: optional,
  GITHUB_CLIENT_SECRET: optional,
  GITHUB_URL: optional.pipe(z.url().optional()),
  PASSKEY_DELAY: optional.transform((text, context) => {
    const ms = text === undefined ? undefined : parseDuration(text);
    if (ms !== null) return ms;
    context.addIssue({ code: 'custom', message: 'expected a duration such as 30m or 24h' });
    return z.NEVER;
  }),
  PORT: optional.pipe(z.coerce.number<string>().int().min(0).max(65_535).optional()),
  HOST: optional,
  LOG_LEVEL: optional.pipe(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).optional()),
  GITHUB_API_URL: optional.pipe(z.url().optional()),
  DATABASE_URL: optional,
  CONDUCTOR_URL: optional.pipe(z.url().optional()),
  OIDC_ISSUER: optional.pipe(z.url().optional()),
  SIGNING_KEY: optional,
  REKOR_URL: optional.pipe(z.url().optional()),
  TIMESTAMP_URL: optional.pipe(z.url().optional()),
  TRUSTED_ROOT: optional,
  DATA_DIR: optional,
  EVIDENCE_STORE: optional,
  EVIDENCE_RETENTION_DAYS: optional.pipe(z.coerce.number<string>().int().min(1).max(36_500).optional()),
  ALLOWED_HOSTS: list,
  DASHBOARD: optional.pipe(z.enum(['readers', 'public']).optional()),
  READ_TOKEN: optional.pipe(z.string().min(16, 'expected at least 16 characters').optional()),
  SIMULATE: flag,
});

export interface Environment {
  /** Null: not registered yet; the app shows the registration page. */
  readonly app: { readonly id: number; readonly webhookSecret: string } | null;
  /** With these people sign in, to confirm commands; null: nobody can. */
  readonly signIn: { readonly clientId: string; readonly clientSecret: string } | null;
  /** Where people see GitHub, without a trailing slash. */
  readonly githubUrl: string;
  /** Time after which a new passkey confirms anything, ms. */
  readonly passkeyDelay: number;
  readonly port: number;
  readonly host: string;
  readonly logLevel: string;
  readonly githubApiUrl: string;
  readonly databaseUrl: string | undefined;
  /** Address under which jobs reach us, without a trailing slash: the audience of their tokens. Undefined: our own. */
  readonly conductorUrl: string | undefined;
  readonly oidcIssuer: string;
  /** PEM, the path of a PEM file, or `awskms://…`; undefined: the key in `dataDir`. */
  readonly signingKey: string | undefined;
  /** Who else sees each signature, and the path of the sigstore root to verify them against. */
  readonly witnesses: {
    readonly rekorUrl: string | undefined;
    readonly timestampUrl: string | undefined;
    readonly trustedRoot: string | undefined;
  };
  readonly dataDir: string;
  /** Where evidence bytes lie: a folder, `s3://bucket/prefix?…`; undefined: in Postgres. */
  readonly evidenceStore: string | undefined;
  /** How long evidence is kept from the day it is stored, ms. */
  readonly evidenceRetention: number;
  /** `host` or `host:port` that may be asked for metrics although they are loopback or private. */
  readonly allowedHosts: readonly string[];
  /** Addresses of notification targets by the name of their variable. Secrets. */
  readonly notifyUrls: Readonly<Record<string, string>>;
  /** Secrets of callers of the API by the name of their variable. */
  readonly callerSecrets: Readonly<Record<string, string>>;
  /** `user:password` by the host of an image registry. Secrets. */
  readonly registryLogins: ReadonlyMap<string, string>;
  readonly simulate: boolean;
  /** Whether whoever reaches the pages sees them: on this machine alone, or because it was said. */
  readonly dashboardOpen: boolean;
  /** With it machines read everything that the pages show. A secret. */
  readonly readToken: string | undefined;
}

/**
 * Reads the environment.
 *
 * @throws ConfigError that names every variable which is wrong, never its value: some are secrets.
 */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const parsed = environmentSchema.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(
      'ENVIRONMENT_INVALID',
      `The environment is not usable. ${problems.join('; ')}`,
      'Correct or unset these variables; README.md lists them.',
    );
  }
  const given = parsed.data;
  const hasKey = given.PRIVATE_KEY !== undefined || given.PRIVATE_KEY_PATH !== undefined;
  if (given.APP_ID !== undefined && hasKey && given.WEBHOOK_SECRET === undefined) throw secretMissing();
  return {
    app:
      given.APP_ID !== undefined && hasKey && given.WEBHOOK_SECRET !== undefined
        ? { id: given.APP_ID, webhookSecret: given.WEBHOOK_SECRET }
        : null,
    signIn:
      given.GITHUB_CLIENT_ID !== undefined && given.GITHUB_CLIENT_SECRET !== undefined
        ? { clientId: given.GITHUB_CLIENT_ID, clientSecret: given.GITHUB_CLIENT_SECRET }
        : null,
    githubUrl: withoutSlash(given.GITHUB_URL ?? webUrlOf(given.GITHUB_API_URL)),
    passkeyDelay: given.PASSKEY_DELAY ?? 86_400_000,
    port: given.PORT ?? 3_000,
    host: given.HOST ?? '127.0.0.1',
    logLevel: given.LOG_LEVEL ?? 'info',
    githubApiUrl: withoutSlash(given.GITHUB_API_URL ?? 'https://api.github.com'),
    databaseUrl: given.DATABASE_URL,
    conductorUrl: given.CONDUCTOR_URL === undefined ? undefined : withoutSlash(given.CONDUCTOR_URL),
    oidcIssuer: given.OIDC_ISSUER ?? 'https://token.actions.githubusercontent.com',
    signingKey: given.SIGNING_KEY,
    witnesses: readWitnesses(given),
    dataDir: given.DATA_DIR ?? '.conductor',
    evidenceStore: given.EVIDENCE_STORE,
    evidenceRetention:
      given.EVIDENCE_RETENTION_DAYS === undefined
        ? defaultRetention
        : given.EVIDENCE_RETENTION_DAYS * 86_400_000,
    allowedHosts: given.ALLOWED_HOSTS,
    // A simulation calls nobody.
    notifyUrls: given.SIMULATE ? {} : variables(env, /^NOTIFY_[A-Z0-9_]+_URL$/),
    callerSecrets: variables(env, /^CALLER_[A-Z0-9_]+_SECRET$/),
    registryLogins: readRegistryLogins(env),
    simulate: given.SIMULATE,
    dashboardOpen: isOpen(given),
    readToken: given.READ_TOKEN,
  };
}

/** Open where only this machine reaches it, unless something else was said. */
function isOpen({ DASHBOARD, HOST, CONDUCTOR_URL }: z.infer<typeof environmentSchema>): boolean {
  if (DASHBOARD !== undefined) return DASHBOARD === 'public';
  const isLocal = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/.test(host);
  return (
    isLocal(HOST ?? '127.0.0.1') && (CONDUCTOR_URL === undefined || isLocal(new URL(CONDUCTOR_URL).hostname))
  );
}

/** `https://api.github.com` → `https://github.com`; GitHub Enterprise Server has its API below its own address. */
function webUrlOf(apiUrl: string | undefined): string {
  if (apiUrl === undefined) return 'https://github.com';
  const url = new URL(apiUrl);
  return url.hostname === 'api.github.com' ? 'https://github.com' : url.origin.replace('//api.', '//');
}

/** Evidence is read back and verified before it is published: what cannot be verified must not be asked for. */
function readWitnesses(given: z.infer<typeof environmentSchema>): Environment['witnesses'] {
  const { REKOR_URL: rekorUrl, TIMESTAMP_URL: timestampUrl, TRUSTED_ROOT: trustedRoot } = given;
  if ((rekorUrl ?? timestampUrl) === undefined || trustedRoot !== undefined) {
    return { rekorUrl, timestampUrl, trustedRoot };
  }
  throw new ConfigError(
    'TRUSTED_ROOT_MISSING',
    'REKOR_URL or TIMESTAMP_URL is set, and TRUSTED_ROOT is not',
    'Set TRUSTED_ROOT to the path of the trusted_root.json that those services belong to.',
  );
}

/** What is set of the variables with such a name. */
/** `REGISTRY_<NAME>_LOGIN=host user:password`, the host as images name it. */
function readRegistryLogins(env: NodeJS.ProcessEnv): Environment['registryLogins'] {
  return new Map(
    Object.entries(variables(env, /^REGISTRY_[A-Z0-9_]+_LOGIN$/)).map(([name, value]) => {
      const [, host, login] = /^([^\s/]+) ([^\s:]+:\S+)$/.exec(value.trim()) ?? [];
      if (host !== undefined && login !== undefined) return [host, login] as const;
      throw new ConfigError(
        'REGISTRY_LOGIN_INVALID',
        `${name} is not of the form "host user:password"`,
        'Write the host as images name it, a space, and the login: ghcr.io bot:TOKEN.',
      );
    }),
  );
}

function variables(env: NodeJS.ProcessEnv, named: RegExp): Readonly<Record<string, string>> {
  const entries = Object.entries(env).flatMap(([name, value]) =>
    named.test(name) && value !== undefined && value !== '' ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** Probot falls back to the secret "development", which everybody knows: we do not. */
function secretMissing(): ConfigError {
  return new ConfigError(
    'WEBHOOK_SECRET_MISSING',
    'WEBHOOK_SECRET is not set, so webhooks could not be told from forged ones',
    "Set WEBHOOK_SECRET to the webhook secret of the App's settings page.",
  );
}
