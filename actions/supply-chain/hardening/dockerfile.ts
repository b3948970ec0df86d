import type { Finding } from '../../../core/gate/result.ts';
import { buildStepFindings } from './build-steps.ts';
import { floats, parseImage } from './image.ts';
import {
  assignmentsIn,
  type Dockerfile,
  type Instruction,
  type Stage,
  stagesOf,
  substitute,
} from './instruction.ts';

/** What a Dockerfile makes of the image that ships: pure. Only the last stage ships, but every stage is run. */
export function judgeDockerfile({ path, instructions }: Dockerfile): Finding[] {
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
    ...stages.flatMap((stage, index) => [
      ...imageFindings(path, stage.image, stage.from, stages.slice(0, index)),
      ...stage.instructions.flatMap((one) => copyFindings(path, one, stages)),
    ]),
    ...userFindings(path, last, stages),
    ...buildStepFindings(path, stages),
  ];
}

/** An image that is not one of the stages before it. */
function imageFindings(path: string, name: string, at: Instruction, earlier: readonly Stage[]): Finding[] {
  if (name === 'scratch' || earlier.some((other) => other.name === name.toLowerCase())) return [];
  if (name === '') return unknownImage(path, at, earlier);
  const image = parseImage(name);
  if (floats(image)) {
    return [
      {
        code: 'image-latest',
        level: 'error',
        message: `The base image \`${name}\` has no fixed version: the same commit builds something else tomorrow.`,
        help: 'Name a version and its digest: image:1.2.3@sha256:….',
        path,
        line: at.line,
      },
    ];
  }
  if (image.digest !== null) return [];
  return [
    {
      code: 'image-not-pinned',
      level: 'warning',
      message: `The base image \`${name}\` is named by a tag, which its owner can move.`,
      help: 'Add its digest: image:tag@sha256:….',
      path,
      line: at.line,
    },
  ];
}

/** An argument without a default may still choose among the stages: `FROM build-$TARGETARCH`. */
function unknownImage(path: string, at: Instruction, earlier: readonly Stage[]): Finding[] {
  const written = at.text.split(/\s+/).find((word) => !word.startsWith('--')) ?? '';
  const parts = written.toLowerCase().split(/\$(?:\{[^}]*\}|\w+)/);
  const [start = ''] = parts;
  const end = parts.at(-1) ?? '';
  const chooses = earlier.some(({ name }) => name?.startsWith(start) && name.endsWith(end));
  if (chooses && start + end !== '') return [];
  return [
    {
      code: 'image-latest',
      level: 'error',
      message: `The base image \`${written}\` is only known when it is built: whoever builds chooses it.`,
      help: 'Give the argument a default with a version and a digest.',
      path,
      line: at.line,
    },
  ];
}

/** `COPY --from=` takes from a stage, by name or number, or from any image in the world. */
function copyFindings(path: string, one: Instruction, stages: readonly Stage[]): Finding[] {
  return sourcesOf(one)
    .filter((source) => !/^\d+$/.test(source) && !source.includes('$'))
    .flatMap((source) => imageFindings(path, source, one, stages));
}

/** What `COPY --from=` and `RUN --mount=…,from=` take files from. */
function sourcesOf({ word, text }: Instruction): string[] {
  if (word === 'COPY') return [...text.matchAll(/(?:^|\s)--from=(\S+)/g)].map(([, source = '']) => source);
  if (word !== 'RUN') return [];
  return [...text.matchAll(/(?:^|\s)--mount=(\S+)/g)].flatMap(([, mount = '']) =>
    mount.split(',').flatMap((part) => /^from=(.+)$/.exec(part)?.[1] ?? []),
  );
}

function userFindings(path: string, last: Stage, stages: readonly Stage[]): Finding[] {
  const found = lastUser(last, stages);
  const written = found === null ? '' : substitute(found.user.text, valuesBefore(found));
  const line = found?.user.line ?? last.from.line;
  if (written === null) {
    return [
      {
        code: 'dockerfile-user-unknown',
        level: 'warning',
        message: `Who the image runs as is only known when it is built: \`USER ${found?.user.text}\`.`,
        help: 'Give the argument a default that is not root, or write the number of the user.',
        path,
        line,
      },
    ];
  }
  const name = written.replace(/["']/g, '').split(':')[0]?.trim() ?? '';
  if (name !== '' && !/^(root|0+|ContainerAdministrator)$/i.test(name)) return [];
  if (found === null && startsWithoutRoot(last, stages)) return [];
  return [
    {
      code: 'dockerfile-root-user',
      level: 'error',
      message:
        found === null
          ? 'The image runs as root: its last stage has no USER.'
          : 'The image runs as root: its last USER says so.',
      help: 'Add `USER 65532` (any id but 0) behind the last instruction that needs root.',
      path,
      line,
    },
  ];
}

/** Distroless, Chainguard and others say in the tag that their image has a user of its own. */
function startsWithoutRoot(stage: Stage, stages: readonly Stage[]): boolean {
  const parent = parentOf(stage, stages);
  if (parent !== undefined) return startsWithoutRoot(parent, stages);
  return /(^|-)(nonroot|rootless)(-|$)/.test(parseImage(stage.image).tag ?? '');
}

interface FoundUser {
  readonly user: Instruction;
  readonly stage: Stage;
}

/** A stage inherits the user of the stage that it is built from. */
function lastUser(stage: Stage, stages: readonly Stage[]): FoundUser | null {
  const user = stage.instructions.findLast((one) => one.word === 'USER');
  if (user !== undefined) return { user, stage };
  const parent = parentOf(stage, stages);
  return parent === undefined ? null : lastUser(parent, stages);
}

function parentOf(stage: Stage, stages: readonly Stage[]): Stage | undefined {
  return stages
    .slice(0, stages.indexOf(stage))
    .findLast((other) => other.name !== null && other.name === stage.image.toLowerCase());
}

/** Arguments and variables of the stage, in front of the instruction. */
function valuesBefore({ user, stage }: FoundUser): Map<string, string> {
  const before = stage.instructions.slice(0, stage.instructions.indexOf(user));
  return new Map(
    before.filter(({ word }) => word === 'ARG' || word === 'ENV').flatMap(({ text }) => assignmentsIn(text)),
  );
}
