// Who started a thread: a word, or an object for sub-agents and the like, in the header and the row.

/** Words that Codex reads; it takes any other for `unknown`. Measured with 0.169, word by word. */
const WORDS = ['cli', 'vscode', 'exec', 'mcp', 'unknown'];

/** Without a word in the header, Codex takes the thread for one of an editor. */
const DEFAULT = 'vscode';

export type SourceKind = 'person' | 'automation' | 'sub-agent';

/** Whether Codex would read this text as it stands. */
export function isKnownSource(text: string): boolean {
  return WORDS.includes(plain(text)) || objectOf(text) !== null;
}

/** One text for all ways to write one source; null stands for a header that says nothing. */
export function canonicalSource(text: string | null): string {
  if (text === null) return DEFAULT;
  const object = objectOf(text);
  if (object !== null) return ordered(object);
  return WORDS.includes(plain(text)) ? plain(text) : 'unknown';
}

/** Who is behind a thread: `custom` is a client with a name of its own. */
export function kindOfSource(text: string): SourceKind {
  const object = objectOf(text);
  if (object !== null) return 'custom' in object ? 'person' : 'sub-agent';
  return ['exec', 'mcp'].includes(plain(text)) ? 'automation' : 'person';
}

function plain(text: string): string {
  return /^"[a-z]+"$/.test(text) ? text.slice(1, -1) : text;
}

function objectOf(text: string): object | null {
  if (!text.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** JSON with sorted keys, and without those that say nothing: Codex adds such when it writes. */
function ordered(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(ordered).join()}]`;
  const entries = Object.entries(value as Readonly<Record<string, unknown>>)
    .filter(([, content]) => content !== null)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, content]) => `${JSON.stringify(key)}:${ordered(content)}`).join()}}`;
}
