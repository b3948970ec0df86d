/**
 * A font of strokes for pictures that are drawn without a text engine. Each glyph is polylines on a grid 4 wide
 * and 6 high, `xy` pairs of digits, strokes separated by a blank. Small letters are drawn as small capitals.
 */
const strokes: Readonly<Record<string, string>> = {
  A: '062046 1434',
  B: '00304142334445360600 0333',
  C: '4130100105163645',
  D: '00063645412000',
  E: '40000646 0333',
  F: '400006 0333',
  G: '41301001051636454323',
  H: '0006 4046 0343',
  I: '1030 2026 1636',
  J: '404536160504',
  K: '0006 400346',
  L: '000646',
  M: '0600234046',
  N: '06004640',
  O: '103041453616050110',
  P: '06003041423303',
  Q: '103041453616050110 2446',
  R: '06003041423303 2346',
  S: '413010010213334445361605',
  T: '0040 2026',
  U: '000516364540',
  V: '002640',
  W: '0016233640',
  X: '0046 4006',
  Y: '002340 2326',
  Z: '00400646',
  '0': '103041453616050110 1531',
  '1': '112026 1636',
  '2': '01103041420646',
  '3': '004023334445361605',
  '4': '30044434 3036',
  '5': '400003334445361605',
  '6': '30100105163645443303',
  '7': '004016',
  '8': '103041423313020110 133344453616050413',
  '9': '16364541301001021343',
  '.': '1626',
  ',': '2516',
  ':': '1222 1525',
  '-': '1333',
  _: '0646',
  '+': '2125 0343',
  '×': '0145 4105',
  '/': '4006',
  '%': '4006 0010110100 3545463635',
  '(': '30121436',
  ')': '10323416',
  '<': '410345',
  '>': '014305',
  '=': '0242 0444',
  '≥': '004204 0646',
  '≤': '400244 0646',
  '#': '1016 3036 0242 0444',
  "'": '2022',
  '"': '1012 3032',
  '!': '2024 2626',
  '?': '01103041422324 2626',
  '*': '2125 0244 4204',
  '·': '2333',
  '→': '0343 314335',
};

/** Width of a glyph with its gap, in grid units; a small capital is 0.8 of it. */
export const advance = 5.4;
export const capitalHeight = 6;
const smallScale = 0.8;

export interface PlacedStroke {
  /** In grid units from the start of the text on the baseline; y grows downwards. */
  readonly points: readonly (readonly [number, number])[];
}

/** The strokes of a text, left to right, and its width in grid units. An unknown character is a small box. */
export function layOut(text: string): { readonly strokes: readonly PlacedStroke[]; readonly width: number } {
  const placed: PlacedStroke[] = [];
  let x = 0;
  for (const character of text) {
    const upper = character.toUpperCase();
    const isSmall = character !== upper;
    const scale = isSmall ? smallScale : 1;
    if (character !== ' ') placed.push(...place(strokes[upper] ?? '0242460602', x, scale));
    x += advance * (character === ' ' ? 0.7 : scale);
  }
  return { strokes: placed, width: Math.max(0, x - advance + 4) };
}

function place(glyph: string, left: number, scale: number): readonly PlacedStroke[] {
  return glyph.split(' ').map((stroke) => ({
    points: [...stroke.matchAll(/(\d)(\d)/g)].map(([, x, y]): readonly [number, number] => [
      left + Number(x) * scale,
      (Number(y) - capitalHeight) * scale,
    ]),
  }));
}
