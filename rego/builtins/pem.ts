/** One block of PEM: its label, what stands between its lines, and the whole of it. */
export interface PemBlock {
  readonly label: string;
  readonly body: string;
  readonly text: string;
}

const begin = /-----BEGIN ([A-Z0-9 ]{1,64})-----/g;

/** The blocks of a text, in time linear in its length; what never ends is left out. */
export function pemBlocks(text: string): PemBlock[] {
  const found: PemBlock[] = [];
  const endless = new Set<string>();
  let from = 0;
  for (const match of text.matchAll(begin)) {
    const [line, label = ''] = match;
    if (match.index < from || endless.has(label)) continue;
    const start = match.index + line.length;
    const end = `-----END ${label}-----`;
    const stop = text.indexOf(end, start);
    if (stop === -1) {
      endless.add(label);
      continue;
    }
    from = stop + end.length;
    found.push({ label, body: text.slice(start, stop), text: text.slice(match.index, from) });
  }
  return found;
}
