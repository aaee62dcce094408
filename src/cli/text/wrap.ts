// Breaks a text into lines of a width, between words. Scripts without spaces break between letters,
// and what is longer than a line, such as a path, breaks where it must.

import { displayWidth, letterWidth, splitLetters } from './width.ts';

/** A piece that stays together, and whether a space stands before it. */
interface Piece {
  readonly text: string;
  readonly isApart: boolean;
  /** What has to be left of a line for it to begin there. */
  readonly room: number;
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const { text: piece, isApart, room } of piecesOf(text, Math.max(width, 1))) {
    const space = isApart && line !== '' ? ' ' : '';
    const added = displayWidth(piece) + space.length;
    if (line !== '' && used + Math.max(added, room) > width) {
      lines.push(line);
      line = piece;
      used = displayWidth(piece);
    } else {
      line += space + piece;
      used += added;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** A wrapped text, every line set in by a margin. */
export function wrapIndented(text: string, width: number, margin: string): string[] {
  return wrap(text, width - displayWidth(margin)).map(line => margin + line);
}

function piecesOf(text: string, width: number): Piece[] {
  return text
    .split(/\s+/)
    .filter(word => word !== '')
    .flatMap(word =>
      breakWord(word, width).map((piece, index, pieces) => ({
        text: piece,
        isApart: index === 0,
        room: index === 0 && pieces.length > 1 && isPath(word) ? Math.min(PATH_ROOM, width) : 0,
      })),
    );
}

/** A long path that begins in a corner is hard to read. */
const PATH_ROOM = 30;

function isPath(word: string): boolean {
  return /[/\\]/.test(word) && !hasWideLetter(word);
}

/** What may stand at the end of a line, and not at the beginning of the next. */
const CLOSING = /^[、。，．！？：；）」』】〉》’”.,;:!?)\]]+$/u;

function breakWord(word: string, width: number): string[] {
  // A painted word is one of our own, and short.
  if (word.includes('\u001b') || (displayWidth(word) <= width && !hasWideLetter(word)))
    return [word];
  const pieces: string[] = [];
  for (const part of word.split(/(?<=[/\\])/)) {
    if (displayWidth(part) <= width && !hasWideLetter(part)) pieces.push(part);
    else pieces.push(...breakLetters(part, width));
  }
  return pieces;
}

function breakLetters(word: string, width: number): string[] {
  const pieces: string[] = [];
  let narrow = '';
  const endNarrow = () => {
    if (narrow !== '') pieces.push(narrow);
    narrow = '';
  };
  for (const letter of splitLetters(word)) {
    if (letterWidth(letter) < 2) {
      if (displayWidth(narrow + letter) > width) endNarrow();
      narrow += letter;
      continue;
    }
    endNarrow();
    if (CLOSING.test(letter) && pieces.length > 0) pieces.push(`${pieces.pop() ?? ''}${letter}`);
    else pieces.push(letter);
  }
  endNarrow();
  return pieces;
}

function hasWideLetter(word: string): boolean {
  return displayWidth(word) !== word.length && splitLetters(word).some(one => letterWidth(one) > 1);
}
