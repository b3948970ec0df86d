/** What a picture is made of, in pixels from the top left. One scene is drawn as SVG and as PNG. */
export type Shape =
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill: Color;
    }
  | {
      readonly kind: 'line';
      readonly points: readonly (readonly [x: number, y: number])[];
      readonly stroke: Color;
      readonly width: number;
      readonly dashed?: boolean;
    }
  | {
      readonly kind: 'dot';
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly fill: Color;
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      /** Baseline. */
      readonly y: number;
      readonly text: string;
      /** Height of a capital is 0.7 × size. */
      readonly size: number;
      readonly fill: Color;
      readonly anchor?: 'start' | 'middle' | 'end';
    };

/** `#rrggbb`. */
export type Color = `#${string}`;

export interface Scene {
  readonly width: number;
  readonly height: number;
  /** What a reader who cannot see the picture is told. */
  readonly title: string;
  readonly shapes: readonly Shape[];
}

/** Told apart by lightness too, not by hue alone. */
export const colors = {
  ink: '#1f2328',
  muted: '#656d76',
  grid: '#d0d7de',
  paper: '#ffffff',
  good: '#1a7f37',
  warn: '#bf8700',
  bad: '#cf222e',
  quiet: '#8c959f',
  accent: '#0969da',
} as const satisfies Record<string, Color>;
