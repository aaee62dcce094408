import { flawOf } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { rolloutSubject } from './subjects.ts';

const LARGE_BYTES = 1024 ** 3;

export default defineCheck({
  id: 'rollout-oversized',
  title: "Conversation's file is very large",
  meaning: `The file has more than a gigabyte. Opening and resuming the thread takes long and much
memory, and it may be most of what fills the home. What makes a file so large is as a rule images,
which are written into it as text, and the records of compaction, each of which holds much of the
conversation once more. Which of them it is can be said when every line is read (\`scan --full\`).

Nothing is wrong with the conversation, and nothing is repaired: shortening the file would lose what
was said. A new thread that goes on from a summary is the way out.`,
  severity: 'note',
  needs: { 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  heedsGrowth: true,
  *detect(snapshot) {
    for (const rollout of snapshot.rollouts) {
      if (rollout.bytes <= LARGE_BYTES || flawOf(rollout, snapshot) === 'rollout-header-bad')
        continue;
      const id = rollout.head.meta?.id ?? rollout.name?.id ?? null;
      yield {
        subject: rolloutSubject(rollout),
        facts: {
          file: rollout.path,
          bytes: rollout.bytes,
          compactionBytes: rollout.body?.compactionBytes ?? null,
          imageBytes: rollout.body?.imageBytes ?? null,
        },
        threads: id === null ? [] : [id],
      };
    }
  },
  say: ({ file, bytes, compactionBytes, imageBytes }) => {
    const fill =
      compactionBytes === null || imageBytes === null
        ? ''
        : ` (records of compaction ${sizeOf(compactionBytes)}, images ${sizeOf(imageBytes)})`;
    return `The file ${file} has ${sizeOf(bytes)}${fill}: opening the conversation takes long.`;
  },
});

function sizeOf(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  return mebibytes < 1024 ? `${mebibytes.toFixed(0)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
