export const severities = ['critical', 'high', 'medium', 'low', 'unknown'] as const;
export type Severity = (typeof severities)[number];

/** One advisory that holds for one version of one package. */
export interface Vulnerability {
  /** Every name of the advisory: CVE, GHSA and the database's own. The first is the scanner's. */
  readonly ids: readonly string[];
  readonly package: string;
  /** Empty when the scanner does not say which version it found. */
  readonly version: string;
  /** Without qualifiers; null when the scanner gives none. */
  readonly purl: string | null;
  readonly severity: Severity;
  /** Versions that are repaired; empty: none is known. */
  readonly fixedIn: readonly string[];
  /** When the advisory was published, ms since the epoch. */
  readonly published: number | null;
  /** Where the scanner found the package. */
  readonly place: string | null;
}

/** What one scanner said. */
export interface Report {
  readonly path: string;
  readonly scanner: string;
  /** When it scanned, ms since the epoch; null when the report does not say. */
  readonly scannedAt: number | null;
  /** Digests of what was scanned, as `sha256:…`. */
  readonly subjects: readonly string[];
  /** How many findings the scanner left out by rules of its own, as far as it says. */
  readonly suppressed?: number;
  readonly vulnerabilities: readonly Vulnerability[];
}

/** A report without its path: what the parsers of the scanners give. */
export type ParsedReport = Omit<Report, 'path'>;
