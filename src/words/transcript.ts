// A transcript in words, and as Markdown: what people and models say is quoted, what tools say is code.

import type { Thread } from '../engine/model/thread.ts';
import type { Entry, EntryKind, Transcript } from '../engine/model/transcript.ts';
import { count, isoTime, timeInWords } from './amounts.ts';
import { fencedMarkdown, plainMarkdown, quotedMarkdown } from './markdown.ts';

/** Longer names of tools and files are nobody's. */
const LONGEST_NAME = 300;

/** Where a person finds what is not in this text; each as Markdown of ours, or nothing. */
export interface TranscriptFrame {
  readonly title: string;
  /** Lines about the thread: what and where it is. */
  readonly about: readonly string[];
  /** The way to other parts. */
  readonly ways: readonly string[];
  /** The address of what stands in another file; without it, files are named alone. */
  readonly toFile?: (path: string) => string;
}

export function transcriptMarkdown(transcript: Transcript, frame: TranscriptFrame): string {
  const name = (text: string) => plainMarkdown(text, LONGEST_NAME);
  const told = transcript.entries.map(entry => entryMarkdown(entry, name));
  const { toFile } = frame;
  const file = (path: string) =>
    toFile === undefined ? name(path) : `[${name(path)}](${toFile(path)})`;
  const end = [...leftOut(transcript, name, file), ...frame.ways];
  return `${[
    `# Codex transcript: ${name(frame.title)}`,
    ...list([...frame.about, ...whichPart(transcript), ...frame.ways]),
    ...(told.length > 0 ? told : [NOTHING_SAID]),
    ...(end.length === 0 ? [] : [`## ${END}`, ...list(end)]),
  ].join('\n\n')}\n`;
}

export const NOTHING_SAID = 'Nothing was said in this part.';
export const END = 'End of this part';

/** How a text from elsewhere is shown, for a reader of one kind. */
export type Show = (text: string) => string;

/** What a session is and where it is; `session` is its id, or a way to it. */
export function aboutSession(
  { file }: Transcript,
  { createdAtMs, cwd, provider }: Thread,
  { hostname, session }: { readonly hostname: string; readonly session: string },
  show: Show,
): readonly string[] {
  const known = (text: string) => (text === '' ? 'unknown' : show(text));
  return [
    `Session: ${session}`,
    `Began: ${timeInWords(createdAtMs)}, on ${known(hostname)}, in ${known(cwd)}`,
    `Provider: ${known(provider)}`,
    `File: ${file === null ? 'none was found' : known(file)}`,
  ];
}

export function whichPart({ part, parts }: Transcript): readonly string[] {
  return parts === 1 ? [] : [`Part ${String(part)} of ${String(parts)}, the newest last.`];
}

const HEADINGS: Readonly<Record<EntryKind, string>> = {
  person: 'You',
  model: 'Codex',
  reasoning: 'Codex thinks',
  command: 'Command',
  tool: 'Tool',
  output: 'Output',
  plan: 'Plan',
  error: 'Error',
  note: 'Note',
  injected: 'Added by Codex',
  unreadable: 'Cannot be read',
};

/** Who says something, or what it is, and when. */
export function headingOf({ kind, about, atMs }: Entry, show: Show): string {
  const name = about === null ? '' : `: ${show(about)}`;
  const time = atMs === null || isoTime(atMs) === null ? '' : ` · ${timeInWords(atMs)}`;
  return `${HEADINGS[kind]}${name}${time}`;
}

const AS_CODE: readonly EntryKind[] = ['tool', 'output', 'plan', 'injected', 'unreadable'];

/** Whether its spaces and line breaks mean something. */
export function isCode({ kind }: Entry): boolean {
  return kind === 'command' || AS_CODE.includes(kind);
}

/** How much of a text is not shown. */
export function restOf({ more }: Entry): readonly string[] {
  return more === null ? [] : [`… ${count(more.number, `more ${more.of}`)}`];
}

function entryMarkdown(entry: Entry, name: Show): string {
  const { kind, text } = entry;
  const body = isCode(entry)
    ? fencedMarkdown(text, kind === 'command' ? 'sh' : 'text')
    : quotedMarkdown(text);
  return [
    `${kind === 'person' ? '##' : '###'} ${headingOf(entry, name)}`,
    ...(text === '' ? [] : [body]),
    ...restOf(entry),
  ].join('\n\n');
}

/** What of this part is not in the text, and why. `showFile` leads to another file, where it can. */
export function leftOut(
  { trouble, instructions, unknown, others }: Transcript,
  show: Show,
  showFile: Show = show,
): readonly string[] {
  return [
    ...(trouble === null ? [] : [`The file could not be read to its end: ${show(trouble)}.`]),
    ...(instructions === 0
      ? []
      : [`Left out: ${count(instructions, 'instruction')} that Codex adds for the model.`]),
    ...unknown.map(
      ({ kind, lines }) =>
        `Not known here, and not shown: ${count(lines, 'line')} of ${show(kind)}.`,
    ),
    ...others.map(path => `Not read here, though it claims this session: ${showFile(path)}`),
  ];
}

function list(items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [items.map(item => `- ${item}`).join('\n')];
}
