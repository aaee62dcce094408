// A transcript for whoever asked on the command line: on a terminal, as Markdown in a pipe, as JSON.

import type { Thread } from '../../engine/model/thread.ts';
import type { Entry, Transcript } from '../../engine/model/transcript.ts';
import { isoTime } from '../../words/amounts.ts';
import { harmless, harmlessLines } from '../../words/harmless.ts';
import { codeMarkdown, plainMarkdown } from '../../words/markdown.ts';
import {
  aboutSession,
  END,
  headingOf,
  isCode,
  leftOut,
  NOTHING_SAID,
  restOf,
  transcriptMarkdown,
  whichPart,
  type Show,
} from '../../words/transcript.ts';
import type { Page } from '../page.ts';
import { displayWidth } from '../text/width.ts';
import { wrapIndented } from '../text/wrap.ts';

export interface Telling {
  readonly transcript: Transcript;
  readonly thread: Thread;
  readonly hostname: string;
  /** The command that shows a part of a thread; the newest one where none is named. */
  typed(thread: string, part: number | null): string;
}

const LONGEST = 300;

export function transcriptInMarkdown(telling: Telling): string {
  const { transcript, thread, hostname } = telling;
  const show = (text: string) => plainMarkdown(text, LONGEST);
  const session = show(thread.id);
  return transcriptMarkdown(transcript, {
    title: titleOf(thread),
    about: aboutSession(transcript, thread, { hostname, session }, show),
    ways: waysFrom(telling, codeMarkdown),
  });
}

export function renderTranscript(telling: Telling, page: Page): string {
  const { transcript, thread, hostname } = telling;
  const { paint, width } = page;
  const show = (text: string) => harmless(text, LONGEST);
  const session = show(thread.id);
  const about = aboutSession(transcript, thread, { hostname, session }, show);
  // A command is typed as it stands, so that it is not broken.
  const ways = waysFrom(telling, command => command);
  const end = [
    ...leftOut(transcript, show).flatMap(line => wrapIndented(line, width, '')),
    ...ways,
  ];
  const blocks = [
    [
      ...wrapIndented(show(titleOf(thread)), width, '').map(paint.bold),
      ...[...about, ...whichPart(transcript)].flatMap(line => wrapIndented(line, width, '')),
    ],
    ...transcript.entries.map(entry => renderEntry(entry, page, show)),
    ...(transcript.entries.length === 0 ? [[NOTHING_SAID]] : []),
    ...(end.length === 0 ? [] : [[paint.bold(END), ...end]]),
  ];
  return `${blocks.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

const MARGIN = '  ';

function renderEntry(entry: Entry, { paint, width }: Page, show: Show): string[] {
  const lines = entry.text === '' ? [] : harmlessLines(entry.text);
  return [
    ...wrapIndented(headingOf(entry, show), width, '').map(paint.bold),
    ...lines.flatMap(line => (isCode(entry) ? [`${MARGIN}  ${line}`] : fitted(line, width))),
    ...restOf(entry).map(rest => paint.dim(MARGIN + rest)),
  ];
}

/** Lists and code that people quote keep how far they are set in. */
function fitted(line: string, width: number): readonly string[] {
  if (displayWidth(line) <= width - MARGIN.length) return [`${MARGIN}${line}`.trimEnd()];
  const [indent = ''] = /^ {0,12}/.exec(line) ?? [];
  return wrapIndented(line, width, MARGIN + indent);
}

/** To other parts, and to the thread in which a fork begins. */
function waysFrom({ transcript, thread, typed }: Telling, command: Show): readonly string[] {
  const { part, parts, beginsIn } = transcript;
  const toPart = (number: number) => command(typed(thread.id, number));
  return [
    ...(part > 1 ? [`Earlier: ${toPart(part - 1)}`] : []),
    ...(part < parts ? [`Later: ${toPart(part + 1)}`] : []),
    ...(beginsIn !== null && part === 1
      ? [`This session was forked, and begins in another one: ${command(typed(beginsIn, null))}`]
      : []),
  ];
}

/** These words are a contract: add freely, change never. Texts are as they were written. */
export function transcriptJson({ transcript, thread }: Telling) {
  const { part, parts, file, entries, instructions, unknown, beginsIn, others, trouble } =
    transcript;
  return {
    schemaVersion: 1,
    thread: thread.id,
    title: thread.title,
    part,
    parts,
    file,
    entries: entries.map(({ kind, atMs, about, text, more }) => ({
      kind,
      at: atMs === null ? null : isoTime(atMs),
      about,
      text,
      more,
    })),
    instructions,
    unknown,
    beginsIn,
    others,
    trouble,
  };
}

function titleOf({ id, title }: Thread): string {
  return title === '' ? id : title;
}
