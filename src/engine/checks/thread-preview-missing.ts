import { ONLY_AN_IMAGE } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { isComparable, judgedThread, judgedThreads } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { threadSubject } from './subjects.ts';
import { asDraft, changeRow, SAFE } from './cures/curing.ts';
import { literal } from '../model/literal.ts';
import { trim } from '../model/whiteSpace.ts';

export default defineCheck({
  id: 'thread-preview-missing',
  title: 'Database has lost the first message',
  meaning: `The database keeps the beginning of the first message as preview and title. Here they
are empty, although the file has a message. Lists from the database leave out threads without a
preview; lists that look through the files show them. The conversation is complete.

The repair takes preview and title from the file, as Codex does it; the next turn in the thread has
the same effect. Giving the thread a name does not bring it back into the lists.`,
  severity: 'warning',
  needs: { 'state-database': 'seen', 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      const { row } = thread;
      if (row === null || file === null || !isComparable(cause)) continue;
      const message = file.head.firstUserMessage;
      if (message === null) continue;
      // Codex up to 0.134 has no previews, and gives no title to a message that is only an image.
      const isPreviewEmpty = row.preview !== null && isBlank(row.preview);
      const isTitleEmpty = message !== ONLY_AN_IMAGE && isBlank(row.title);
      if (!isPreviewEmpty && !isTitleEmpty) continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { isPreviewEmpty, isTitleEmpty },
        threads: [thread.id],
      };
    }
  },
  say: ({ isPreviewEmpty }) =>
    isPreviewEmpty
      ? 'The database has lost the beginning of its first message: lists from the database leave it out.'
      : 'The database has lost its title, which is the beginning of its first message: lists show it without one.',
  cures: [
    {
      ...SAFE,
      id: 'take-from-file',
      title: 'Take preview and title from the file',
      limits: 'A title that a person had given is not found again by it.',
      needs: [],
      wishes: ({ threads, subject }, snapshot) => ({
        rows: threads,
        messages: fileOf(subject.key, snapshot),
      }),
      plan: ({ subject, facts }, snapshot, closer) => {
        const [file = ''] = fileOf(subject.key, snapshot);
        const message = closer.messages[file];
        if (message === undefined)
          return { why: 'its first message could not be read', next: 'Nothing was changed.' };
        const text = literal(message);
        return asDraft(
          'The database has the beginning of its first message again.',
          changeRow(snapshot, closer, subject.key, {
            ...(facts.isPreviewEmpty ? { preview: text } : {}),
            ...(facts.isTitleEmpty ? { title: text } : {}),
            first_user_message: text,
          }),
        );
      },
    },
  ],
});

function isBlank(text: string): boolean {
  return trim(text) === '';
}

function fileOf(id: ThreadId, snapshot: Snapshot): readonly FilePath[] {
  const file = judgedThread(snapshot, id)?.file ?? null;
  return file === null ? [] : [file.file];
}
