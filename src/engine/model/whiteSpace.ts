// What counts as a blank for Codex, whose language follows Unicode. JavaScript's own `trim` also takes a
// byte order mark away, and leaves U+0085.

const WHITE_SPACE = /\p{White_Space}/u;

export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE_SPACE.test(text.charAt(start))) start += 1;
  while (end > start && WHITE_SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
