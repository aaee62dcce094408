// How many columns of a terminal a text takes. Letters of eastern scripts and pictures take two,
// marks that sit on another letter take none.

/** Made when the first letter beyond plain English comes, which is seldom. */
let graphemes: Intl.Segmenter | null = null;

/** Letters that Unicode's table of East Asian widths calls wide, in the blocks where they stand. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

const NO_WIDTH = /^[\p{M}\p{Cf}]+$/u;

/** What `paint` puts around a text. */

const COLOURS = /\u001b\[[0-9;]*m/g;

export function displayWidth(text: string): number {
  const plain = text.replaceAll(COLOURS, '');
  if (/^[ -~]*$/.test(plain)) return plain.length;
  return splitLetters(plain).reduce((sum, letter) => sum + letterWidth(letter), 0);
}

/** Cuts a text where a person sees one letter end and the next begin. */
export function splitLetters(text: string): string[] {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

export function letterWidth(letter: string): number {
  if (NO_WIDTH.test(letter)) return 0;
  return WIDE.test(letter) ? 2 : 1;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Cuts the end off a text that is too long. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const letter of splitLetters(text)) {
    used += letterWidth(letter);
    if (used > width - 1) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
}

/** Takes folders out of the middle: where a path begins and ends is what people know it by. */
export function shortenPath(path: string, width: number): string {
  if (displayWidth(path) <= width) return path;
  const parts = path.split(/(?<=[/\\])/);
  const first = parts[0] === '/' ? `/${parts[1] ?? ''}` : (parts[0] ?? '');
  const gap = first.endsWith('\\') ? '…\\' : '…/';
  const tail: string[] = [];
  for (const part of parts.slice(1).reverse()) {
    if (displayWidth(`${first}${gap}${part}${tail.join('')}`) > width) break;
    tail.unshift(part);
  }
  return tail.length === 0
    ? shorten(parts.at(-1) ?? path, width)
    : `${first}${gap}${tail.join('')}`;
}
