import { X509Certificate } from 'node:crypto';
import { isNumber } from '../value/collections.ts';
import { toBigInt } from '../value/number.ts';
import { type AnyObject, objectEntries } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { BuiltinError, elementsOf } from './builtin.ts';

/** What a chain is asked besides its signatures. */
export interface VerifyOptions {
  /** Undefined: any name. */
  readonly host: string | undefined;
  /** Ms since the epoch. */
  readonly now: number;
  /** Object identifiers of extended key usages, one of which every certificate must allow. */
  readonly usages: readonly string[];
}

const ANY_USAGE = '2.5.29.37.0';
export const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

/** Go's names for extended key usages. */
const usageIds: Readonly<Record<string, string | undefined>> = {
  __proto__: null as never,
  KeyUsageAny: ANY_USAGE,
  KeyUsageServerAuth: SERVER_AUTHENTICATION,
  KeyUsageClientAuth: '1.3.6.1.5.5.7.3.2',
  KeyUsageCodeSigning: '1.3.6.1.5.5.7.3.3',
  KeyUsageEmailProtection: '1.3.6.1.5.5.7.3.4',
  KeyUsageIPSECEndSystem: '1.3.6.1.5.5.7.3.5',
  KeyUsageIPSECTunnel: '1.3.6.1.5.5.7.3.6',
  KeyUsageIPSECUser: '1.3.6.1.5.5.7.3.7',
  KeyUsageTimeStamping: '1.3.6.1.5.5.7.3.8',
  KeyUsageOCSPSigning: '1.3.6.1.5.5.7.3.9',
  KeyUsageMicrosoftServerGatedCrypto: '1.3.6.1.4.1.311.10.3.3',
  KeyUsageNetscapeServerGatedCrypto: '2.16.840.1.113730.4.1',
  KeyUsageMicrosoftCommercialCodeSigning: '1.3.6.1.4.1.311.2.1.22',
  KeyUsageMicrosoftKernelCodeSigning: '1.3.6.1.4.1.311.61.1.1',
};

/** Reads OPA's options. Throws `BuiltinError` for one that is unknown or of another type. */
export function verifyOptions(options: AnyObject, now: number): VerifyOptions {
  let found: VerifyOptions = { host: undefined, now, usages: [SERVER_AUTHENTICATION] };
  for (const [key, value] of objectEntries(options)) {
    if (typeof key !== 'string') continue;
    switch (key) {
      case 'DNSName':
        if (typeof value !== 'string') throw new BuiltinError("'DNSName' should be a string");
        found = { ...found, host: value === '' ? undefined : value };
        break;
      case 'CurrentTime':
        found = { ...found, now: Number(wholeNumber(key, value) / 1_000_000n) };
        break;
      case 'MaxConstraintComparisons':
        wholeNumber(key, value);
        break;
      case 'KeyUsages':
        found = { ...found, usages: usagesOf(value) };
        break;
      default:
        throw new BuiltinError('invalid key option');
    }
  }
  return found;
}

function wholeNumber(name: string, value: Value): bigint {
  const whole = isNumber(value) ? toBigInt(value) : undefined;
  if (whole === undefined) throw new BuiltinError(`'${name}' should be a number`);
  return whole;
}

function usagesOf(value: Value): readonly string[] {
  const names = elementsOf(value);
  if (names === undefined) throw new BuiltinError("'KeyUsages' should be an Array or Set");
  const wanted = names.filter((name) => typeof name === 'string');
  const unknown = wanted.filter((name) => usageIds[name] === undefined);
  if (unknown.length > 0)
    throw new BuiltinError(`invalid entries for 'KeyUsages' found: [${unknown.join(' ')}]`);
  return wanted.length === 0 ? [SERVER_AUTHENTICATION] : wanted.map((name) => usageIds[name] as string);
}

/**
 * The chain from the last certificate, the leaf, over any of those between to the first, the root; undefined
 * when there is none. As Go's `Certificate.Verify` with one trusted root, without name constraints.
 */
export function verifiedChain(ders: readonly Buffer[], options: VerifyOptions): Buffer[] | undefined {
  if (ders.length < 2) return undefined;
  const [root, ...others] = ders.map((der) => new X509Certificate(der)) as [
    X509Certificate,
    ...X509Certificate[],
  ];
  const leaf = others.pop() as X509Certificate;
  if (options.host !== undefined && leaf.checkHost(options.host) === undefined) return undefined;
  const chain = chainTo(root, others, [leaf], options.now);
  return chain !== undefined && allow(chain, options.usages) ? chain.map(({ raw }) => raw) : undefined;
}

/** Continues a chain with an issuer that is not in it yet, until the root has signed its end. */
function chainTo(
  root: X509Certificate,
  candidates: readonly X509Certificate[],
  chain: readonly X509Certificate[],
  now: number,
): X509Certificate[] | undefined {
  const last = chain.at(-1) as X509Certificate;
  if (!isCurrent(last, now)) return undefined;
  if (isIssuedBy(last, root) && isCurrent(root, now)) {
    return last.fingerprint256 === root.fingerprint256 ? [...chain] : [...chain, root];
  }
  for (const issuer of candidates) {
    if (!isIssuedBy(last, issuer)) continue;
    const rest = candidates.filter((other) => other !== issuer);
    const found = chainTo(root, rest, [...chain, issuer], now);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isCurrent = (certificate: X509Certificate, now: number): boolean =>
  Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/** One usage must be allowed by every certificate that names usages at all. */
function allow(chain: readonly X509Certificate[], usages: readonly string[]): boolean {
  if (usages.includes(ANY_USAGE)) return true;
  let left = usages;
  for (const certificate of chain) {
    const allowed = (certificate.keyUsage as readonly string[] | undefined) ?? [];
    if (allowed.length > 0 && !allowed.includes(ANY_USAGE))
      left = left.filter((usage) => allowed.includes(usage));
  }
  return left.length > 0;
}
