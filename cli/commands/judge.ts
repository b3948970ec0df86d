import { basename, join, resolve } from 'node:path';
import { deflateSync } from 'node:zlib';
import { openFile } from '../../adapters/zip/file-source.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { judgeChart } from '../../core/canary/chart.ts';
import { explainRecord } from '../../core/canary/explain.ts';
import { type JudgeDocument, parseJudgeDocument } from '../../core/canary/parse-record.ts';
import { checkReplay, type ReplayCheck } from '../../core/canary/replay-check.ts';
import { encodePng } from '../../core/chart/png.ts';
import { rasterize } from '../../core/chart/raster.ts';
import { renderSvg } from '../../core/chart/svg.ts';
import { InputError } from '../../core/errors.ts';
import type { CliCommand, CliWorld } from '../command.ts';
import { readNamedFile, writeNamedFile } from '../files.ts';
import { harmless } from '../render-gate.ts';

const maxRecordBytes = 64 * 1_024 * 1_024;
const recordPath = /^canary\/[^/]+\.json$/;

export const judgeCommand: CliCommand = {
  usage: '--replay EVIDENCE.zip|FILE.json [options]',
  description: [
    'Computes every verdict of the canary judge again from the readings that the evidence keeps, and compares.',
    'Exit status 0: all equal, byte by byte. 1: not, or the evidence keeps no readings.',
    'It does not check who signed the evidence: that is what verify does.',
  ].join('\n'),
  options: {
    replay: { value: 'FILE', help: 'an evidence zip, or one canary/*.json of it' },
    charts: { value: 'FOLDER', help: 'write the e-values over time as SVG and PNG' },
    json: { help: 'print the comparison as JSON' },
  },
  examples: [
    ['judge --replay evidence.zip', 'why was this release promoted, and would anybody have decided so?'],
    ['judge --replay evidence.zip --charts out', 'the evidence over time, as pictures'],
  ],
  async run(input, world) {
    const path = input.text('replay');
    if (path === null || input.args.length > 0) {
      throw new InputError('USAGE', 'expected --replay and a file', 'release-conductor judge --replay FILE');
    }
    const documents = await readDocuments(world, path);
    if (documents.length === 0) world.note(`${path} keeps no readings of a canary (canary/*.json)`);
    const checks = documents.map(([name, document]) => ({ name, document, ...checkReplay(document) }));
    const folder = input.text('charts');
    if (folder !== null) await writeCharts(world, folder, documents);
    world.print(
      input.flag('json')
        ? JSON.stringify(
            checks.map(({ document: _document, ...check }) => check),
            null,
            2,
          )
        : harmless(checks.map(renderCheck).join('\n')),
    );
    return checks.length > 0 && checks.every(({ equal }) => equal) ? 0 : 1;
  },
};

type Named = readonly [name: string, document: JudgeDocument];

async function readDocuments(world: CliWorld, path: string): Promise<readonly Named[]> {
  const bytes = await readStart(world, path);
  if (!isZip(bytes)) {
    const text = Buffer.from(await readNamedFile(world, path, maxRecordBytes)).toString('utf8');
    return [[basename(path), parseJudgeDocument(path, text)]];
  }
  const file = await openFile(resolve(world.cwd, path));
  try {
    const { files } = await readZip(file, (name) => recordPath.test(name));
    return [...files].map(([name, content]) => {
      return [name, parseJudgeDocument(name, Buffer.from(content).toString('utf8'))] as const;
    });
  } finally {
    await file.close();
  }
}

async function readStart(world: CliWorld, path: string): Promise<Uint8Array> {
  try {
    const file = await openFile(resolve(world.cwd, path));
    try {
      return await file.read(0, 4);
    } finally {
      await file.close();
    }
  } catch {
    // Says what is wrong with the file in the words that every command uses.
    return readNamedFile(world, path, maxRecordBytes);
  }
}

function isZip(start: Uint8Array): boolean {
  return start[0] === 0x50 && start[1] === 0x4b;
}

async function writeCharts(world: CliWorld, folder: string, documents: readonly Named[]): Promise<void> {
  for (const [name, { record }] of documents) {
    if (record === null) continue;
    const scene = judgeChart(record);
    const stem = join(folder, basename(name, '.json'));
    await writeNamedFile(world, `${stem}.svg`, renderSvg(scene));
    await writeNamedFile(world, `${stem}.png`, encodePng(rasterize(scene), deflateSync));
  }
}

function renderCheck({
  name,
  document,
  equal,
  ticks,
  differences,
}: ReplayCheck & { readonly name: string; readonly document: JudgeDocument }): string {
  const { step, weight, record } = document;
  return [
    `${equal ? '✔' : '✖'} ${name}: step ${step} at ${weight} %, ${ticks} readings`,
    ...differences.map((difference) => `  ${difference}`),
    '',
    ...(record === null ? [] : [explainRecord(record, { chart: false }), '']),
  ].join('\n');
}
