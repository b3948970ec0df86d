/** What a line of a step's output asks the runner for. */
export type WorkflowCommand =
  | {
      readonly kind: 'annotation';
      readonly level: 'error' | 'warning' | 'notice';
      readonly message: string;
      readonly properties: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'debug'; readonly message: string }
  | { readonly kind: 'group'; readonly title: string }
  | { readonly kind: 'endgroup' }
  | { readonly kind: 'mask'; readonly value: string }
  | { readonly kind: 'stop'; readonly token: string }
  | { readonly kind: 'echo'; readonly on: boolean }
  | { readonly kind: 'unsupported'; readonly name: string; readonly remedy: string };

const remedies: Readonly<Record<string, string>> = {
  'set-output': 'write to the file in $GITHUB_OUTPUT',
  'save-state': 'write to the file in $GITHUB_STATE',
  'set-env': 'write to the file in $GITHUB_ENV',
  'add-path': 'write to the file in $GITHUB_PATH',
  'add-matcher': 'problem matchers do not exist here',
  'remove-matcher': 'problem matchers do not exist here',
};

/** Reads `::name key=value,…::message` (GitHub: "Workflow commands for GitHub Actions"); null for an ordinary line. */
export function parseCommand(line: string): WorkflowCommand | null {
  const match = /^\s*::([a-zA-Z-]+)(?:\s+([^:]*(?::(?!:)[^:]*)*))?::(.*)$/s.exec(line);
  if (match === null) return null;
  const name = (match[1] ?? '').toLowerCase();
  const message = unescapeData(match[3] ?? '');
  switch (name) {
    case 'error':
    case 'warning':
    case 'notice':
      return { kind: 'annotation', level: name, message, properties: parseProperties(match[2] ?? '') };
    case 'debug':
      return { kind: 'debug', message };
    case 'group':
      return { kind: 'group', title: message };
    case 'endgroup':
      return { kind: 'endgroup' };
    case 'add-mask':
      return { kind: 'mask', value: message };
    case 'stop-commands':
      return { kind: 'stop', token: message };
    case 'echo':
      return { kind: 'echo', on: message.toLowerCase() === 'on' };
    default: {
      const remedy = remedies[name];
      return remedy === undefined ? null : { kind: 'unsupported', name, remedy };
    }
  }
}

function parseProperties(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair): [string, string][] => {
    const index = pair.indexOf('=');
    return index < 1 ? [] : [[pair.slice(0, index).trim(), unescapeProperty(pair.slice(index + 1))]];
  });
  return Object.fromEntries(pairs);
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  const colons = text.replaceAll('%3A', ':').replaceAll('%2C', ',');
  return unescapeData(colons);
}
