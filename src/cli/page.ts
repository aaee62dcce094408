// How to write for one reader: how wide, in which colours, and what to call their folders.

import { createPaint, type Paint } from './text/paint.ts';
import { harmless } from '../words/harmless.ts';
import { shortenPath } from './text/width.ts';
import { withTilde } from '../words/amounts.ts';

export interface Page {
  /** Whether somebody reads it as it comes; else it goes into a pipe or a file. */
  readonly isTerminal: boolean;
  /** Columns of a line. */
  readonly width: number;
  readonly paint: Paint;
  /** A path as its owner writes it, harmless, and not longer than this. */
  path(path: string, width?: number): string;
}

/** Lines get no longer than people like to read, and no shorter than they can. */
const WIDEST = 120;
const NARROWEST = 40;
const IN_A_PIPE = 80;

export function createPage(columns: number | null, hasColours: boolean, userHome: string): Page {
  return {
    isTerminal: columns !== null,
    width: Math.min(WIDEST, Math.max(NARROWEST, columns ?? IN_A_PIPE)),
    paint: createPaint(hasColours),
    path: (path, width = Infinity) => shortenPath(harmless(withTilde(path, userHome)), width),
  };
}
