// Looks for lines in the text of a rollout without taking all of it apart.

export interface FoundLine {
  readonly line: string;
  /** Where the next line begins. */
  readonly end: number;
}

/**
 * Whole lines that hold one of the words, one after the other; the last is whole only when nothing
 * follows. Words do not begin with a quotation mark: it is everywhere, and a search for it stops
 * everywhere.
 */
export function* linesWith(
  text: string,
  words: readonly string[],
  isWhole: boolean,
): Generator<FoundLine> {
  // Each word is searched once through the text: looking again for one that never comes, from every
  // line that has the other, would take the square of the time.
  const places = words.map(word => text.indexOf(word));
  for (let start = 0; start < text.length;) {
    for (const [index, at] of places.entries())
      if (at >= 0 && at < start) places[index] = text.indexOf(words[index] ?? '', start);
    const found = places.filter(at => at >= 0);
    if (found.length === 0) return;
    const at = Math.min(...found);
    const end = text.indexOf('\n', at);
    if (end < 0 && !isWhole) return;
    start = end < 0 ? text.length : end + 1;
    yield {
      line: text.slice(text.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end),
      end: start,
    };
  }
}

/** Goes through the lines that hold a word, from the last one to the first, until one is taken. */
export function takeLast<T>(
  text: string,
  word: string,
  take: (line: string) => T | null,
): T | null {
  // Nearly always there is none or one, and looking forwards is faster.
  let at = text.indexOf(word);
  if (at >= 0) at = text.lastIndexOf(word);
  while (at >= 0) {
    const start = text.lastIndexOf('\n', at) + 1;
    const end = text.indexOf('\n', at);
    const taken = take(text.slice(start, end < 0 ? undefined : end));
    if (taken !== null) return taken;
    at = start < word.length ? -1 : text.lastIndexOf(word, start - word.length);
  }
  return null;
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
