import type { GateIo } from '../../../core/gate/gate.ts';
import type { Subject } from '../../../core/gate/result.ts';
import type { FileTree } from '../../../core/ports/system.ts';
import type { VulnerabilityOptions } from './options.ts';
import { type ReportRead, readReport } from './read.ts';
import { readVex } from './vex/read.ts';
import type { VexRead } from './vex/statement.ts';

export interface VulnerabilityFacts {
  readonly reports: readonly ReportRead[];
  /** Null: there is no report of an earlier release. */
  readonly baseline: readonly ReportRead[] | null;
  /** The baseline lies in the change under test alone: it says by itself what was known before. */
  readonly baselineFromChange?: boolean;
  readonly vex: readonly VexRead[];
}

/** Reads scanner reports of this release and the last one, and VEX documents. */
export async function collectVulnerabilities(
  options: VulnerabilityOptions,
  subject: Subject,
  io: GateIo,
): Promise<VulnerabilityFacts> {
  const before = await readBaseline(options, io);
  const reports = await readAll(
    io.files,
    [...options.reports, ...before.paths.map((path) => `!${path}`)],
    readReport,
  );
  return {
    reports,
    baseline: before.reads.length > 0 ? before.reads : null,
    baselineFromChange: before.fromChange,
    vex: await readAll(vexTree(subject, io), options.vex, readVex),
  };
}

interface BaselineRead {
  readonly reads: readonly ReportRead[];
  /** In the tree under test: these are no reports of this release. */
  readonly paths: readonly string[];
  readonly fromChange: boolean;
}

/**
 * What the base keeps as the last release's reports; else what lies there under the same names in the change, where a job
 * may have put it; else the same reports in the base.
 */
async function readBaseline({ baseline, reports }: VulnerabilityOptions, io: GateIo): Promise<BaselineRead> {
  const given = await readAll(io.files, baseline, readReport);
  const paths = given.map((read) => (read.ok ? read.report.path : read.path));
  if (io.baseFiles === undefined) return { reads: given, paths, fromChange: false };
  const kept = await readAll(io.baseFiles, baseline, readReport);
  if (kept.length > 0) return { reads: kept, paths, fromChange: false };
  if (given.length > 0) return { reads: given, paths, fromChange: true };
  return { reads: await readAll(io.baseFiles, reports, readReport), paths, fromChange: false };
}

/** A change cannot excuse itself: its VEX counts when it is merged. A tag is on the protected branch already. */
function vexTree({ ref }: Subject, io: GateIo): FileTree {
  return ref.startsWith('refs/tags/') ? io.files : (io.baseFiles ?? io.files);
}

async function readAll<One>(
  tree: FileTree,
  globs: readonly string[],
  parse: (path: string, bytes: Uint8Array) => One,
): Promise<One[]> {
  const all: One[] = [];
  for (const path of await tree.list(globs)) {
    const bytes = await tree.read(path);
    if (bytes !== null) all.push(parse(path, bytes));
  }
  return all;
}
