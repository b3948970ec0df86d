import { codeSpan, inlineText } from '../gate/markdown.ts';
import { never } from './definition.ts';
import type { CommandName } from './names.ts';
import { type Permission, permittedText } from './permission.ts';
import { definitionOf } from './registry.ts';

/** Who may use a command, and what it asks for besides. Nobody is called. Markdown. */
export function whoCanText(name: CommandName, permission: Permission, environment: string | null): string {
  const { usage, changes } = definitionOf(name);
  const where = environment === null ? '' : ` in ${codeSpan(environment)}`;
  if (changes === never) return `\`${usage}\`: everybody who can comment.`;
  const asked = obligationTexts(permission);
  return [
    `\`${usage}\`${where}: ${inlineText(permittedText(permission))}. Nobody who is no collaborator of the repository.`,
    ...(asked.length === 0 ? [] : ['', 'It also asks for:', ...asked.map((text) => `- ${text}`)]),
  ].join('\n');
}

function obligationTexts({ obligations }: Permission): readonly string[] {
  const { reason, second_approver: second, step_up: stepUp } = obligations;
  const from = (weight: number): string => (weight === 0 ? '' : `, from ${weight} % on`);
  return [
    ...(reason === undefined ? [] : [`a reason: \`reason="…"\`${from(reason.from_weight)}`]),
    ...(second === undefined ? [] : [`a second person, who writes \`/approve\`${from(second.from_weight)}`]),
    ...(stepUp === undefined ? [] : [`a confirmation with a passkey${from(stepUp.from_weight)}`]),
  ];
}
