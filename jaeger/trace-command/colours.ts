/** The colours of the terminal, or none. */
import type { Environment } from '#shared/config.ts';

/** Wraps a text in a colour. */
export type Paint = (text: string) => string;

/** What the drawing may paint with. */
export interface Palette {
  bold: Paint;
  dim: Paint;
  bad: Paint;
  warn: Paint;
  /** The colour with this number, see `serviceColours`. */
  service: (number: number) => Paint;
}

/** The part of `process.stdout` that knows of colours. */
export interface ColourStream {
  isTTY?: boolean;
  getColorDepth?(): number;
}

/** How many bits of colour a terminal has, as `WriteStream.getColorDepth` counts: 1 means none, 8 is 256 colours. */
export type ColourDepth = 1 | 4 | 8 | 24;

/**
 * How much colour a stream takes: none with NO_COLOR (https://no-color.org) or where FORCE_COLOR says so, 256 with any other
 * FORCE_COLOR, else as many as the terminal has, if it is one.
 */
export function colourDepthOf(stream: ColourStream, { NO_COLOR, FORCE_COLOR }: Environment): ColourDepth {
  if (NO_COLOR || FORCE_COLOR === '0' || FORCE_COLOR === 'false') return 1;
  if (FORCE_COLOR) return 8;
  return stream.isTTY ? ((stream.getColorDepth?.() ?? 1) as ColourDepth) : 1;
}

// Readable on black and on white. As in the page, none of them is red: that is for errors.
const COLOURS_256 = [33, 103, 35, 134, 37, 169, 106, 63, 178, 71, 137, 172];
const COLOURS_16 = [34, 37, 32, 35, 36, 95, 92, 94, 93, 96, 90, 33];

/** The palette for a terminal of this depth. */
export function createPalette(depth: ColourDepth): Palette {
  if (depth === 1) {
    const plain: Paint = (text) => text;
    return { bold: plain, dim: plain, bad: plain, warn: plain, service: () => plain };
  }
  return {
    bold: painted('1'),
    dim: painted('2'),
    bad: painted(depth >= 8 ? '38;5;203' : '31'),
    warn: painted(depth >= 8 ? '38;5;178' : '33'),
    service: (number) => painted(depth >= 8 ? `38;5;${COLOURS_256[number]}` : `${COLOURS_16[number]}`),
  };
}

function painted(code: string): Paint {
  return (text) => (text === '' ? '' : `\u001B[${code}m${text}\u001B[0m`);
}
