import { describe, expect, it } from 'vitest';
import { shortInlineText } from '../../../core/gate/markdown.ts';
import fc from '../../support/fast-check.ts';

describe('text from outside in a line of Markdown', () => {
  it('is cut before it is quoted, so that no cut sets free what a code span holds', () => {
    expect(shortInlineText('a `<!-- b -->` c', 12)).toBe('a \\`&lt;!--…');
    expect(shortInlineText('a `<b>` and more', 12)).toBe('a `<b>` and…');
    expect(shortInlineText('as it is', 8)).toBe('as it is');
  });

  it('is never longer than was asked for, and always well-formed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '`', '<', '&#64;', '*', '😀', '\ud83d', '@', ' ') }),
        fc.integer({ min: 1, max: 60 }),
        (text, limit) => {
          const quoted = shortInlineText(text, limit);
          expect(quoted.length).toBeLessThanOrEqual(limit);
          expect(quoted.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});
