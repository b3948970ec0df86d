import { describe, expect, it } from 'vitest';
import { nameOf, seal, unseal } from '../../core/stepup/seal.ts';
import fc from '../support/fast-check.ts';

const key = 'k'.repeat(43);

describe('what is sealed', () => {
  it('comes back as it was, until it expires', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = seal(value, 1_000, key);
        expect(JSON.stringify(unseal(text, 999, key))).toBe(
          JSON.stringify(JSON.parse(JSON.stringify(value))),
        );
        expect(unseal(text, 1_000, key)).toBeNull();
      }),
    );
  });

  it('is worthless when anything about it is changed, or under another key', () => {
    const text = seal({ login: 'ada' }, 1_000, key);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('A', 'b', '0', '.', '-'), (at, letter) => {
        fc.pre(text[at] !== letter);
        expect(unseal(text.slice(0, at) + letter + text.slice(at + 1), 1, key)).toBeNull();
      }),
    );
    expect(unseal(text, 1, `${key}x`)).toBeNull();
    for (const odd of [undefined, '', '.', '..', 'a.b.c', text.split('.')[0]])
      expect(unseal(odd, 1, key)).toBeNull();
  });

  it('names the same thing the same way, and cannot be guessed from another', () => {
    expect(nameOf('a', key)).toBe(nameOf('a', key));
    expect(nameOf('a', key)).not.toBe(nameOf('b', key));
    expect(nameOf('a', key)).toMatch(/^[\w-]{43}$/);
  });
});
