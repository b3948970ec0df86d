import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { InspectTls, TlsFacts } from '../../core/ports/tls.ts';
import { refuseForeignHost } from './guarded-fetch.ts';

/**
 * Reads the certificate that a host shows, also one that nobody should trust: the handshake is finished whatever it
 * is, nothing is sent, and the reason against it is reported. Throws `ConfigError` for a host that is not allowed.
 */
export function guardedTls(allowedHosts: readonly string[]): InspectTls {
  return async (url, timeoutMs) => {
    refuseForeignHost(url, allowedHosts);
    // Loaded when it is needed: most runs look at no certificate, and TLS costs each of them some 10 ms to load.
    const [{ isIP }, { connect }] = await Promise.all([import('node:net'), import('node:tls')]);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return new Promise((resolve) => {
      const socket = connect({
        host,
        port: Number(url.port || 443),
        ...(isIP(host) === 0 ? { servername: host } : {}),
        // To see what is wrong with it; `problem` says it, and no byte of ours follows.
        rejectUnauthorized: false,
        timeout: timeoutMs,
      });
      const end = (facts: TlsFacts | null): void => {
        socket.destroy();
        resolve(facts);
      };
      socket.once('secureConnect', () => end(factsOf(socket)));
      socket.once('timeout', () => end(null));
      socket.once('error', () => end(null));
    });
  };
}

function factsOf(socket: TLSSocket): TlsFacts {
  const certificate = socket.getPeerCertificate(true);
  return {
    problem: socket.authorized ? null : String(socket.authorizationError),
    protocol: socket.getProtocol(),
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    names: certificate.subjectaltname ?? '',
    validFrom: Date.parse(certificate.valid_from),
    validTo: Math.min(...chainOf(certificate).map(({ valid_to }) => Date.parse(valid_to))),
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** The certificate and those above it, as far as they are known; a root is its own issuer. */
function chainOf(certificate: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = certificate;
  while (next !== undefined && !chain.includes(next)) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

function nameOf(name: DetailedPeerCertificate['subject'] | undefined): string {
  return [name?.CN ?? name?.O ?? ''].flat().join(', ');
}
