// The transcript of a thread as a document: what was said, and the way to its other parts.

import type { Snapshot } from '../engine/model/snapshot.ts';
import type { Thread } from '../engine/model/thread.ts';
import type { Transcript } from '../engine/model/transcript.ts';
import type { HomePath } from '../engine/model/words.ts';
import { plainMarkdown } from '../words/markdown.ts';
import { aboutSession, transcriptMarkdown } from '../words/transcript.ts';
import { fileAddress, threadAddress, transcriptAddress } from './addresses.ts';
import { transcriptAddressOf } from './threadAddresses.ts';

const LONGEST = 300;

/** What a transcript tells of: a thread, or one of its files alone; and which part of it. */
export interface Told {
  readonly thread: Thread;
  readonly file: HomePath | null;
  readonly part: number | null;
}

export function writeTranscript(
  transcript: Transcript,
  { thread, file: alone }: Told,
  snapshot: Snapshot,
): string {
  const { home } = snapshot;
  const { part, parts, beginsIn } = transcript;
  const { id, title } = thread;
  const show = (text: string) => plainMarkdown(text, LONGEST);
  const session = `[${show(id)}](${threadAddress(home.key, thread)})`;
  const toPart = (number: number) =>
    alone === null
      ? transcriptAddress(home.key, thread, number)
      : fileAddress(home.key, alone, number);
  return transcriptMarkdown(transcript, {
    title: title === '' ? id : title,
    about: [
      ...aboutSession(transcript, thread, { hostname: home.hostname, session }, show),
      ...(alone === null
        ? []
        : [
            `This is what stands in that file alone. What counts is [the conversation of the session](${transcriptAddress(home.key, thread, null)})`,
          ]),
    ],
    ways: [
      ...(part > 1 ? [`[Earlier: part ${String(part - 1)}](${toPart(part - 1)})`] : []),
      ...(part < parts ? [`[Later: part ${String(part + 1)}](${toPart(part + 1)})`] : []),
      ...(beginsIn !== null && part === 1
        ? [
            `This session was forked: it begins in [another one](${transcriptAddressOf(snapshot, beginsIn)})`,
          ]
        : []),
    ],
    toFile: path => fileAddress(home.key, path, null),
  });
}
