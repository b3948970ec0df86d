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
  readonly vex: readonly VexRead[];
}

/** Reads scanner reports of this release and the last one, and VEX documents. */
export async function collectVulnerabilities(
  options: VulnerabilityOptions,
  subject: Subject,
  io: GateIo,
): Promise<VulnerabilityFacts> {
  const given = await readAll(io.files, options.baseline, readReport);
  const inBase = io.baseFiles === undefined ? [] : await readAll(io.baseFiles, options.reports, readReport);
  const baseline = given.length > 0 ? given : inBase;
  const before = new Set(given.map((read) => (read.ok ? read.report.path : read.path)));
  const reports = await readAll(
    io.files,
    [...options.reports, ...[...before].map((path) => `!${path}`)],
    readReport,
  );
  return {
    reports,
    baseline: baseline.length > 0 ? baseline : null,
    vex: await readAll(vexTree(subject, io), options.vex, readVex),
  };
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
