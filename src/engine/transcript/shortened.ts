// What is long is shortened where nobody would read it all, and said so.

import type { Entry, EntryKind } from '../model/transcript.ts';

interface Limit {
  readonly lines: number;
  readonly characters: number;
}

/** What people and models say is the transcript; what tools say is a look at it. */
const WORDS: Limit = { lines: 2000, characters: 60_000 };
const TOOLS: Limit = { lines: 40, characters: 4000 };
const GLANCE: Limit = { lines: 3, characters: 200 };

const LIMITS: Readonly<Record<EntryKind, Limit>> = {
  person: WORDS,
  model: WORDS,
  reasoning: WORDS,
  plan: WORDS,
  error: WORDS,
  note: WORDS,
  command: TOOLS,
  tool: TOOLS,
  output: TOOLS,
  injected: GLANCE,
  unreadable: GLANCE,
};

export function shortened(kind: EntryKind, text: string): Pick<Entry, 'text' | 'more'> {
  const limit = LIMITS[kind];
  const trimmed = text.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd();
  const kept = firstLines(trimmed, limit.lines).slice(0, limit.characters);
  // Half of a letter that is written as two is none.
  const whole = kept.length < trimmed.length ? kept.replace(/[\ud800-\udbff]$/, '') : kept;
  const rest = trimmed.slice(whole.length);
  if (rest === '') return { text: whole, more: null };
  const lines = rest.startsWith('\n') ? countOfBreaks(rest) : 0;
  return {
    text: whole,
    more: lines > 0 ? { number: lines, of: 'line' } : { number: rest.length, of: 'character' },
  };
}

function firstLines(text: string, lines: number): string {
  let end = -1;
  for (let line = 0; line < lines; line += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0) return text;
  }
  return text.slice(0, end);
}

function countOfBreaks(text: string): number {
  let breaks = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks += 1;
  return breaks;
}
