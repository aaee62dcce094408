// The transcript of a thread as a document: what was said, and the way to its other parts.

import type { Snapshot } from '../engine/model/snapshot.ts';
import type { Thread } from '../engine/model/thread.ts';
import type { Transcript } from '../engine/model/transcript.ts';
import { timeInWords } from '../words/amounts.ts';
import { plainMarkdown } from '../words/markdown.ts';
import { transcriptMarkdown } from '../words/transcript.ts';
import { threadAddress, transcriptAddress } from './addresses.ts';
import { transcriptAddressOf } from './threadAddresses.ts';

const LONGEST = 300;

export function writeTranscript(
  transcript: Transcript,
  thread: Thread,
  snapshot: Snapshot,
): string {
  const { home } = snapshot;
  const { part, parts, beginsIn, file } = transcript;
  const { id, title, createdAtMs, cwd, provider } = thread;
  const known = (text: string) => (text === '' ? 'unknown' : plainMarkdown(text, LONGEST));
  const toPart = (number: number) => transcriptAddress(home.key, thread, number);
  return transcriptMarkdown(transcript, {
    title: title === '' ? id : title,
    about: [
      `Session: [${known(id)}](${threadAddress(home.key, thread)})`,
      `Began: ${timeInWords(createdAtMs)}, on ${known(home.hostname)}, in ${known(cwd)}`,
      `Provider: ${known(provider)}`,
      `File: ${file === null ? 'none was found' : known(file)}`,
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
  });
}
