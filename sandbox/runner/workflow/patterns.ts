/**
 * GitHub's filter patterns for branches, tags and paths: `*` within a segment, `**` across segments, `?` and
 * `+` repeat the preceding character, `[…]` is a class. Source: "Filter pattern cheat sheet" of GitHub's
 * workflow syntax.
 */
export function patternToRegExp(pattern: string): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (pattern.startsWith('**/', index)) {
      source += '(?:.*/)?';
      index += 2;
    } else if (pattern.startsWith('**', index)) {
      source += '.*';
      index += 1;
    } else if (character === '*') {
      source += '[^/]*';
    } else if (character === '[' && pattern.indexOf(']', index) > index) {
      const end = pattern.indexOf(']', index);
      source += `[${pattern.slice(index + 1, end).replaceAll('\\', '\\\\')}]`;
      index = end;
    } else if ((character === '?' || character === '+') && source !== '') {
      source += character;
    } else if (character === '\\' && index + 1 < pattern.length) {
      source += quoted(pattern.charAt(++index));
    } else {
      source += quoted(character);
    }
  }
  return new RegExp(`^${source}$`, 'u');
}

function quoted(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}

/** True when the last pattern that speaks about `name` includes it; `!` excludes. */
export function matchesPatterns(name: string, patterns: readonly string[]): boolean {
  let included = false;
  for (const pattern of patterns) {
    const excludes = pattern.startsWith('!');
    if (patternToRegExp(excludes ? pattern.slice(1) : pattern).test(name)) included = !excludes;
  }
  return included;
}
