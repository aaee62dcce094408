// A transcript as Markdown: what people and models say is quoted, what tools say is code.

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
  const { part, parts } = transcript;
  const where = parts === 1 ? [] : [`Part ${String(part)} of ${String(parts)}, the newest last.`];
  const told = transcript.entries.map(entryMarkdown);
  return `${[
    `# Codex transcript: ${plainMarkdown(frame.title, LONGEST_NAME)}`,
    ...list([...frame.about, ...where, ...frame.ways]),
    ...(told.length > 0 ? told : ['Nothing was said in this part.']),
    ...endOf(transcript, frame),
  ].join('\n\n')}\n`;
}

const HEADINGS: Readonly<Record<EntryKind, string>> = {
  person: '## You',
  model: '### Codex',
  reasoning: '### Codex thinks',
  command: '### Command',
  tool: '### Tool',
  output: '### Output',
  plan: '### Plan',
  error: '### Error',
  note: '### Note',
  injected: '### Added by Codex',
  unreadable: '### Cannot be read',
};

const AS_CODE: readonly EntryKind[] = ['tool', 'output', 'plan', 'injected', 'unreadable'];

function entryMarkdown({ kind, atMs, about, text, more }: Entry): string {
  const name = about === null ? '' : `: ${plainMarkdown(about, LONGEST_NAME)}`;
  const time = atMs === null || isoTime(atMs) === null ? '' : ` · ${timeInWords(atMs)}`;
  const body =
    kind === 'command'
      ? fencedMarkdown(text, 'sh')
      : AS_CODE.includes(kind)
        ? fencedMarkdown(text, 'text')
        : quotedMarkdown(text);
  return [
    `${HEADINGS[kind]}${name}${time}`,
    ...(text === '' ? [] : [body]),
    ...(more === null ? [] : [`… ${count(more.number, `more ${more.of}`)}`]),
  ].join('\n\n');
}

function endOf(transcript: Transcript, { ways, toFile }: TranscriptFrame): readonly string[] {
  const { trouble, instructions, unknown, others } = transcript;
  const name = (path: string) => plainMarkdown(path, LONGEST_NAME);
  const said = [
    ...(trouble === null ? [] : [`The file could not be read to its end: ${name(trouble)}.`]),
    ...(instructions === 0
      ? []
      : [`Left out: ${count(instructions, 'instruction')} that Codex adds for the model.`]),
    ...unknown.map(
      ({ kind, lines }) =>
        `Not known here, and not shown: ${count(lines, 'line')} of ${name(kind)}.`,
    ),
    ...others.map(path => {
      const file = toFile === undefined ? name(path) : `[${name(path)}](${toFile(path)})`;
      return `Not read here, though it claims this session: ${file}`;
    }),
    ...ways,
  ];
  return said.length === 0 ? [] : ['## End of this part', ...list(said)];
}

function list(items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [items.map(item => `- ${item}`).join('\n')];
}
