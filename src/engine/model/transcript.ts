import type { HomePath, ThreadId } from './words.ts';

/** One part of what was said and done in a thread, in the order in which it was written down. */
export interface Transcript {
  readonly thread: ThreadId;
  /** Counted from one, the oldest first, so that a part keeps its number while the thread grows. */
  readonly part: number;
  readonly parts: number;
  /** The file that holds this part; null when the thread has none. */
  readonly file: HomePath | null;
  readonly entries: readonly Entry[];
  /** Texts that Codex adds for the model, and that nobody wrote. */
  readonly instructions: number;
  /** Kinds of lines that are not known here, and how many of each there are. */
  readonly unknown: readonly { readonly kind: string; readonly lines: number }[];
  /** The thread in whose files this conversation begins, as that of a fork does. */
  readonly beginsIn: ThreadId | null;
  /** Files that claim the thread and are not of this conversation; none where one file was asked for. */
  readonly others: readonly HomePath[];
  /** Why the file could not be read to the end of this part; null when it could. */
  readonly trouble: string | null;
}

export type EntryKind =
  | 'person'
  | 'model'
  | 'reasoning'
  | 'command'
  | 'tool'
  | 'output'
  | 'plan'
  | 'error'
  /** What Codex did with the conversation itself. */
  | 'note'
  /** What Codex told the model in the person's place. */
  | 'injected'
  | 'unreadable';

export interface Entry {
  readonly kind: EntryKind;
  readonly atMs: number | null;
  /** The tool, of a call and of its output. */
  readonly about: string | null;
  /** As it was written, with all that a terminal or an editor would do with it. */
  readonly text: string;
  /** How many lines, or characters of one line, are left out behind the text. */
  readonly more: { readonly number: number; readonly of: 'line' | 'character' } | null;
}
