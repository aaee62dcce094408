// The transcript of a thread as a document: what was said, and the way to its other parts.

import type { Snapshot } from '../engine/model/snapshot.ts';
import type { Thread } from '../engine/model/thread.ts';
import type { Transcript } from '../engine/model/transcript.ts';
import { plainMarkdown } from '../words/markdown.ts';
import { aboutSession, transcriptMarkdown } from '../words/transcript.ts';
import { threadAddress, transcriptAddress } from './addresses.ts';

const LONGEST = 300;

export function writeTranscript(
  transcript: Transcript,
  thread: Thread,
  { home }: Snapshot,
): string {
  const { part, parts, beginsIn } = transcript;
  const { id, title } = thread;
  const show = (text: string) => plainMarkdown(text, LONGEST);
  const session = `[${show(id)}](${threadAddress(home.key, id)})`;
  const toPart = (number: number) => transcriptAddress(home.key, id, number);
  return transcriptMarkdown(transcript, {
    title: title === '' ? id : title,
    about: aboutSession(transcript, thread, { hostname: home.hostname, session }, show),
    ways: [
      ...(part > 1 ? [`[Earlier: part ${String(part - 1)}](${toPart(part - 1)})`] : []),
      ...(part < parts ? [`[Later: part ${String(part + 1)}](${toPart(part + 1)})`] : []),
      ...(beginsIn !== null && part === 1
        ? [
            `This session was forked: it begins in [another one](${transcriptAddress(home.key, beginsIn, null)})`,
          ]
        : []),
    ],
  });
}
