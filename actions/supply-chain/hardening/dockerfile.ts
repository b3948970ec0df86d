import type { Finding } from '../../../core/gate/result.ts';
import { floats, parseImage } from './image.ts';

interface Instruction {
  readonly word: string;
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

interface Stage {
  readonly image: string;
  readonly name: string | null;
  readonly from: Instruction;
  readonly instructions: readonly Instruction[];
}

/** What a Dockerfile makes of the image that ships: pure. Only the last stage ships, but every base is run. */
export function judgeDockerfile(path: string, text: string): Finding[] {
  const instructions = parseInstructions(text);
  const stages = stagesOf(instructions);
  const last = stages.at(-1);
  if (last === undefined) {
    return [
      {
        code: 'dockerfile-no-from',
        level: 'error',
        message: 'The Dockerfile has no FROM instruction.',
        help: 'Add FROM with a pinned image, or take the file out of hardening.dockerfiles.',
        path,
      },
    ];
  }
  return [
    ...stages.flatMap((stage) => baseFindings(path, stage, stages)),
    ...userFindings(path, last, stages),
  ];
}

function baseFindings(path: string, stage: Stage, stages: readonly Stage[]): Finding[] {
  if (stage.image === 'scratch' || stages.some((other) => other.name === stage.image)) return [];
  const image = parseImage(stage.image);
  if (floats(image)) {
    return [
      {
        code: 'image-latest',
        level: 'error',
        message: `The base image \`${stage.image}\` has no fixed version: the same commit builds something else tomorrow.`,
        help: 'Name a version and its digest: image:1.2.3@sha256:….',
        path,
        line: stage.from.line,
      },
    ];
  }
  if (image.digest !== null) return [];
  return [
    {
      code: 'image-not-pinned',
      level: 'warning',
      message: `The base image \`${stage.image}\` is named by a tag, which its owner can move.`,
      help: 'Add its digest: image:tag@sha256:….',
      path,
      line: stage.from.line,
    },
  ];
}

function userFindings(path: string, last: Stage, stages: readonly Stage[]): Finding[] {
  const user = lastUser(last, stages);
  const name = user?.text.split(':')[0]?.trim() ?? '';
  if (user !== null && name !== '' && name !== 'root' && name !== '0') return [];
  return [
    {
      code: 'dockerfile-root-user',
      level: 'error',
      message:
        user === null
          ? 'The image runs as root: its last stage has no USER.'
          : 'The image runs as root: its last USER says so.',
      help: 'Add `USER 65532` (any id but 0) behind the last instruction that needs root.',
      path,
      line: user?.line ?? last.from.line,
    },
  ];
}

/** A stage inherits the user of the stage that it is built from. */
function lastUser(stage: Stage, stages: readonly Stage[]): Instruction | null {
  const own = stage.instructions.findLast((one) => one.word === 'USER');
  if (own !== undefined) return own;
  const parent = stages.slice(0, stages.indexOf(stage)).findLast((other) => other.name === stage.image);
  return parent === undefined ? null : lastUser(parent, stages);
}

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const defaults = new Map<string, string>();
  const stages: { image: string; name: string | null; from: Instruction; instructions: Instruction[] }[] = [];
  for (const one of instructions) {
    if (one.word === 'ARG' && stages.length === 0) {
      const [name = '', value = ''] = one.text.split('=');
      defaults.set(name.trim(), value.trim().replace(/^["']|["']$/g, ''));
    } else if (one.word === 'FROM') {
      const words = one.text.split(/\s+/).filter((word) => !word.startsWith('--'));
      const as = words.findIndex((word) => word.toLowerCase() === 'as');
      stages.push({
        image: resolve(words[0] ?? '', defaults),
        name: as < 0 ? null : (words[as + 1] ?? null),
        from: one,
        instructions: [],
      });
    } else stages.at(-1)?.instructions.push(one);
  }
  return stages;
}

/** `$NAME`, `${NAME}` and `${NAME:-default}` by the ARGs in front of the first FROM. */
function resolve(image: string, defaults: ReadonlyMap<string, string>): string {
  return image.replace(
    /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
    (_, braced: string | undefined, fallback: string | undefined, bare: string | undefined) =>
      defaults.get(braced ?? bare ?? '') || (fallback ?? ''),
  );
}

/** Lines joined by the escape character; comments, blank lines and here-documents left out. */
function parseInstructions(text: string): Instruction[] {
  const joiner = /^#\s*escape\s*=\s*`/im.test(text.split('\n', 3).join('\n')) ? '`' : '\\';
  const lines = text.split(/\r?\n/);
  const instructions: Instruction[] = [];
  for (let index = 0; index < lines.length; index++) {
    const start = index;
    let joined = '';
    for (; index < lines.length; index++) {
      const line = lines[index] ?? '';
      if (/^\s*#/.test(line) || (joined !== '' && line.trim() === '')) continue;
      const continues = line.trimEnd().endsWith(joiner);
      joined += continues ? `${line.trimEnd().slice(0, -1)} ` : line;
      if (!continues) break;
    }
    const match = /^\s*([A-Za-z]+)\s+([\s\S]*)$/.exec(joined);
    if (match === null) continue;
    instructions.push({
      word: (match[1] ?? '').toUpperCase(),
      text: (match[2] ?? '').trim(),
      line: start + 1,
    });
    for (const heredoc of joined.matchAll(/<<-?\s*["']?(\w+)["']?/g)) {
      const end = lines.findIndex((line, at) => at > index && line.trim() === heredoc[1]);
      if (end > index) index = end;
    }
  }
  return instructions;
}
