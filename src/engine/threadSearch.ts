// Threads by what a person remembers of them: some words of the title or of the path, or the
// beginning of the id. The editor asks at every key that is pressed.

import type { Thread } from './model/thread.ts';

export interface Search {
  /** The best first, and of equals the newest. */
  find(text: string, limit: number): readonly Thread[];
}

/** How well a thread fits, the best first; those that do not fit are in none. */
const CLASSES = ['id', 'title-begins', 'word-begins', 'title', 'elsewhere'] as const;
type Class = (typeof CLASSES)[number];

interface Entry {
  readonly thread: Thread;
  readonly title: string;
  /** Everything that may be searched, in lower case. */
  readonly all: string;
}

export function createSearch(threads: readonly Thread[]): Search {
  const entries = [...threads]
    .sort((one, other) => other.updatedAtMs - one.updatedAtMs)
    .map(entryOf);
  return {
    find: (text, limit) => {
      const wanted = fold(text).trim();
      const words = wanted.split(/\s+/);
      const found: Record<Class, Thread[]> = {
        id: [],
        'title-begins': [],
        'word-begins': [],
        title: [],
        elsewhere: [],
      };
      for (const entry of entries)
        if (words.every(word => entry.all.includes(word)))
          found[classOf(entry, wanted)].push(entry.thread);
      return CLASSES.flatMap(name => found[name].slice(0, limit)).slice(0, limit);
    },
  };
}

/**
 * The threads that these words may mean, the best first. An id means that one thread, and so does the whole
 * of a title, however many other titles the same words are in.
 */
export function threadsMeantBy(words: string, threads: readonly Thread[]): readonly Thread[] {
  // Lists cut off what is too long for them, and people copy what they see.
  const wanted = fold(words).trim().replace(/…$/, '');
  if (wanted === '') return [];
  const namings: readonly ((thread: Thread) => boolean)[] = [
    ({ id }) => fold(id) === wanted,
    ({ id }) => fold(id).startsWith(wanted),
    ({ title }) => fold(title).trim() === wanted,
  ];
  for (const isMeant of namings) {
    const meant = threads.filter(isMeant);
    if (meant.length > 0) return meant;
  }
  return createSearch(threads).find(wanted, threads.length);
}

function entryOf(thread: Thread): Entry {
  const title = fold(thread.title);
  return { thread, title, all: `${title}\n${fold(thread.cwd)}\n${fold(thread.id)}` };
}

function classOf({ thread, title }: Entry, wanted: string): Class {
  if (wanted !== '' && fold(thread.id).startsWith(wanted)) return 'id';
  if (title.startsWith(wanted)) return 'title-begins';
  if (title.includes(` ${wanted}`)) return 'word-begins';
  return title.includes(wanted) ? 'title' : 'elsewhere';
}

/** Letters as people type them: without case, and composed in one way. */
function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
