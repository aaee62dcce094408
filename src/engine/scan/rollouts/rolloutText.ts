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
    let at = -1;
    for (let index = 0; index < places.length; index += 1) {
      let place = places[index] ?? -1;
      if (place >= 0 && place < start) {
        place = text.indexOf(words[index] ?? '', start);
        places[index] = place;
      }
      if (place >= 0 && (at < 0 || place < at)) at = place;
    }
    if (at < 0) return;
    const line = lineAround(text, at);
    if (line.end === text.length && !isWhole) return;
    start = Math.min(line.end + 1, text.length);
    yield { line: text.slice(line.start, line.end), end: start };
  }
}

/** Where a line begins and ends in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Goes through the lines that hold a word, from the last one to the first, until one is taken. */
export function takeLast<T>(
  text: string,
  word: string,
  take: (text: string, line: Span) => T | null,
): T | null {
  for (let at = lastPlace(text, word); at >= 0;) {
    const line = lineAround(text, at);
    const taken = take(text, line);
    if (taken !== null) return taken;
    at = line.start < word.length ? -1 : text.lastIndexOf(word, line.start - word.length);
  }
  return null;
}

/** Nearly always there is none or one, and the language looks forwards much faster than backwards. */
function lastPlace(text: string, word: string): number {
  let last = -1;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) last = at;
  return last;
}

/** The last line may have no end. */
export function lineAround(text: string, at: number): Span {
  const end = text.indexOf('\n', at);
  return { start: text.lastIndexOf('\n', at) + 1, end: end < 0 ? text.length : end };
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
