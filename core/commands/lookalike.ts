/** Code point of the first character outside printable ASCII and tab; null when there is none. */
export function oddCharacter(text: string): number | null {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code !== 9 && (code < 32 || code > 126)) return code;
  }
  return null;
}

/** `U+043E`: how a character is named to the person who wrote it. */
export function codePointName(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Cyrillic and Greek letters that look like those of our commands, and slashes that are none. */
const doubles: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  ѕ: 's',
  і: 'i',
  ј: 'j',
  һ: 'h',
  к: 'k',
  м: 'm',
  т: 't',
  ԁ: 'd',
  ո: 'n',
  ս: 'u',
  ɩ: 'l',
  ӏ: 'l',
  ο: 'o',
  ρ: 'p',
  α: 'a',
  τ: 't',
  υ: 'u',
  κ: 'k',
  ι: 'i',
  ν: 'v',
  ɡ: 'g',
  '⁄': '/',
  '∕': '/',
  '╱': '/',
  '⧸': '/',
};

/** What the text looks like to a person: compatibility forms unfolded, marks and invisible characters gone. */
export function skeleton(text: string): string {
  const plain = text.normalize('NFKD').replace(/[\p{Cf}\p{Mn}\p{Cc}\u115f\u1160\u3164\u2800]/gu, '');
  return [...plain]
    .map((character) => doubles[character] ?? character)
    .join('')
    .trim()
    .toLowerCase();
}
