/** The lines of a text one by one, without holding them all: `\n` and `\r\n` end one. */
export function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf('\n', from);
    const end = found === -1 ? text.length : found;
    yield text.slice(from, text.charAt(end - 1) === '\r' && end > from ? end - 1 : end);
    from = end + 1;
  }
}

/** The rows of a CSV one by one (RFC 4180): quotes may hide delimiters and line breaks. */
export function* csvRowsOf(text: string, delimiter: string): Generator<readonly string[]> {
  let row: string[] = [];
  let field = '';
  let from = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (quoted) {
      if (character !== '"') continue;
      field += text.slice(from, i);
      if (text.charAt(i + 1) === '"') {
        field += '"';
        i += 1;
      } else quoted = false;
      from = i + 1;
    } else if (character === '"' && field === '' && i === from) {
      quoted = true;
      from = i + 1;
    } else if (character === delimiter || character === '\n') {
      field += text.slice(from, i);
      row.push(character === '\n' && field.endsWith('\r') ? field.slice(0, -1) : field);
      field = '';
      from = i + 1;
      if (character === '\n') {
        yield row;
        row = [];
      }
    }
  }
  field += text.slice(from);
  if (field !== '' || row.length > 0) yield [...row, field];
}
