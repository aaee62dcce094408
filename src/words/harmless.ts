// Titles, prompts and paths come from elsewhere. What they say is shown; what they would do to a
// terminal, to the order of the letters or to the lines of a page is not done.

/** Controls, and the marks that turn the direction of writing, hide, or end a line. */
const HARMFUL =
  /[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** One line of plain text, shortened where a length is given. A control character is shown as its picture. */
export function harmless(text: string, longest = Infinity): string {
  const line = text
    .replaceAll(/[\s\u0085]+/g, ' ')
    .trim()
    .replaceAll(HARMFUL, picture);
  if (line.length <= longest) return line;
  const letters = [...line];
  return letters.length <= longest ? line : `${letters.slice(0, longest - 1).join('')}…`;
}

function picture(letter: string): string {
  const code = letter.charCodeAt(0);
  return code < 32 ? String.fromCharCode(0x2400 + code) : '\ufffd';
}

/** What colours a terminal or sets its title; no part of what is said. */
const TERMINAL =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[()][A-Z0-9]/g;

/** The lines of a text. A line that was written over another one, as progress is, is one of its own. */
export function harmlessLines(text: string): readonly string[] {
  return text
    .replaceAll(TERMINAL, '')
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map(line => line.replaceAll(HARMFUL, letter => (letter === '\t' ? letter : picture(letter))));
}
