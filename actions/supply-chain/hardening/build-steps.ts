import type { Finding } from '../../../core/gate/result.ts';
import { assignmentsIn, type Instruction, type Stage } from './instruction.ts';

interface StepRule {
  readonly code: string;
  readonly level: Finding['level'];
  readonly message: string;
  readonly help: string;
  readonly violates: (one: Instruction) => boolean;
}

const secretName = /(^|_)(password|passwd|secret|token|api_?key|private_?key|credentials?|access_?key)$/i;

/** What single instructions do to an image; the same as Docker's build checks and hadolint, where they agree. */
const rules: readonly StepRule[] = [
  {
    code: 'dockerfile-secret',
    level: 'error',
    message: 'A secret given as ARG or ENV stays readable in the image and its history.',
    help: 'Use RUN --mount=type=secret, and give the running container its secrets from a store.',
    violates: ({ word, text }) =>
      (word === 'ENV' && namesIn(text).some(([name, value]) => secretName.test(name) && value !== '')) ||
      (word === 'ARG' && secretName.test(text.split('=')[0]?.trim() ?? '')),
  },
  {
    code: 'dockerfile-add-remote',
    level: 'warning',
    message: 'What ADD downloads can be another file tomorrow.',
    help: 'Add --checksum=sha256:…, or download in RUN and compare the digest.',
    violates: ({ word, text }) =>
      word === 'ADD' && /(^|\s)https?:\/\//.test(text) && !text.includes('--checksum='),
  },
  {
    code: 'dockerfile-pipe-to-shell',
    level: 'warning',
    message: 'A download is run without anybody having looked at it.',
    help: 'Download a fixed version, compare its digest, then run it.',
    violates: ({ word, text }) =>
      word === 'RUN' && /\b(curl|wget)\b[^;&\n]{0,500}\|\s*(sudo\s+)?(ba|z|da)?sh\b/.test(text),
  },
  {
    code: 'dockerfile-sudo',
    level: 'warning',
    message: 'sudo in an image is a way back to root.',
    help: 'Do what needs root before USER, and leave sudo out.',
    violates: ({ word, text }) => word === 'RUN' && /(^|[;&|]\s*)sudo\s/.test(text),
  },
];

export function buildStepFindings(path: string, stages: readonly Stage[]): Finding[] {
  const steps = stages.flatMap(({ instructions }) => instructions).map(triggered);
  return steps.flatMap((one) =>
    rules
      .filter(({ violates }) => violates(one))
      .map(({ code, level, message, help }) => ({ code, level, message, help, path, line: one.line })),
  );
}

/** What `ONBUILD` puts off happens in every image that is built from this one. */
function triggered(one: Instruction): Instruction {
  const [, word, text] = (one.word === 'ONBUILD' ? /^(\w+)\s+(.*)$/s.exec(one.text) : null) ?? [];
  return word === undefined ? one : { ...one, word: word.toUpperCase(), text: text ?? '' };
}

/** `ENV NAME value` is the old way to write `ENV NAME=value`. */
function namesIn(text: string): [string, string][] {
  const old = /^([A-Za-z_]\w*)\s+(.+)$/s.exec(text);
  return old !== null && !/^\w+=/.test(text) ? [[old[1] ?? '', old[2] ?? '']] : assignmentsIn(text);
}
