// Looks for lines in the text of a rollout without taking all of it apart.

/**
 * Whole lines that hold one of the words; the last is whole only when nothing follows. Words do not
 * begin with a quotation mark: it is everywhere, and a search for it stops everywhere. `end` is
 * where the first of the lines ends.
 */
export function linesWith(
  text: string,
  words: readonly string[],
  isWhole: boolean,
): { lines: string[]; end: number } {
  const lines: string[] = [];
  let firstEnd = 0;
  let start = 0;
  while (start < text.length) {
    const from = start;
    const at = firstOf(words.map(word => text.indexOf(word, from)));
    const end = at < 0 ? -1 : text.indexOf('\n', at);
    if (at < 0 || (end < 0 && !isWhole)) break;
    lines.push(text.slice(text.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end));
    start = end < 0 ? text.length : end + 1;
    if (lines.length === 1) firstEnd = start;
  }
  return { lines, end: firstEnd };
}

function firstOf(places: readonly number[]): number {
  return places.reduce((first, at) => (at >= 0 && (first < 0 || at < first) ? at : first), -1);
}

/** The lines that are not empty; the last is whole only when nothing follows. */
export function* filledLines(text: string, isWhole: boolean): Generator<string> {
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    if (end < 0 && !isWhole) return;
    const line = text.slice(start, end < 0 ? undefined : end);
    if (line.trim() !== '') yield line;
    start = end < 0 ? text.length : end + 1;
  }
}
