// Titles, prompts and paths come from elsewhere. What they say is shown; what they would do to a
// terminal or to the order of the letters is not done.

/** Controls, and the marks that turn the direction of writing, hide, or end a line. */
const HARMFUL =
  /[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** One line of plain text. */
export function harmless(text: string): string {
  return text
    .replaceAll(/[\s\u0085\u2028\u2029]+/g, ' ')
    .replaceAll(HARMFUL, '\ufffd')
    .trim();
}
