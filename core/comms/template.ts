import { InternalError } from '../errors.ts';
import { inlineText } from '../gate/markdown.ts';
import { postable } from './safe-text.ts';

/** Text from outside is escaped; `trusted` is Markdown of our own making or of the protected branch's config. */
export type TemplateValue = string | number | { readonly trusted: string };

/**
 * Fills `{{name}}` places. Every place needs a value and the result is `postable`.
 * @throws InternalError `TEMPLATE_VALUE_MISSING` when a place has no value.
 */
export function fillTemplate(template: string, values: Readonly<Record<string, TemplateValue>>): string {
  const filled = template.replace(/\{\{([A-Za-z_]+)\}\}/g, (_place, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) {
      throw new InternalError(
        'TEMPLATE_VALUE_MISSING',
        `the template names {{${name}}}, known are ${Object.keys(values).join(', ') || 'no values'}`,
        'Correct the place in the template or pass the value.',
      );
    }
    return typeof value === 'object' ? value.trusted : inlineText(String(value));
  });
  return postable(filled);
}
