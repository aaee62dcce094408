import { defineCheck } from './check.ts';
import { judgedThreads } from './judging/causes.ts';
import { shortPath, threadSubject } from './subjects.ts';
import { asDraft, CHOSEN, takeRow } from './cures/curing.ts';

export default defineCheck({
  id: 'thread-file-missing',
  title: 'Conversation is not on this disk',
  meaning: `The database has an entry for this thread, and its file is nowhere: neither where the
entry says, nor under another name in the sessions or in the archive, plain or compressed. What was
said in it is not on this disk. A backup, another machine or another Codex home may have it.

Codex 0.169 keeps such entries and leaves them out of its lists; it still answers questions about
the title. Codex up to 0.142 deletes the entry when it lists the threads.

The entry can be put away. That does not bring the conversation back, and nothing else can.`,
  severity: 'warning',
  needs: {
    'state-database': 'seen',
    'rollouts-active': 'whole',
    'rollouts-archived': 'whole',
    folders: 'seen',
  },
  *detect(snapshot) {
    for (const { thread, cause } of judgedThreads(snapshot)) {
      if (thread.row === null || cause !== 'thread-file-missing') continue;
      yield {
        subject: threadSubject(thread.id, null),
        facts: { recorded: shortPath(thread.row.rolloutPath, snapshot.home) },
        threads: [thread.id],
      };
    }
  },
  say: ({ recorded }) =>
    `The database has an entry for this conversation, and its file (${recorded}) is nowhere in this home: what was said in it is not on this disk.`,
  cures: [
    {
      ...CHOSEN,
      id: 'put-row-away',
      title: 'Put the entry without a conversation into the vault',
      limits: 'It brings back no conversation: that is not on this disk.',
      needs: [],
      wishes: ({ threads }) => ({ rows: threads }),
      plan: ({ subject }, snapshot, closer) =>
        asDraft(
          `The entry ${subject.key}, whose conversation is not on this disk, goes into the vault.`,
          takeRow(snapshot, closer, subject.key),
        ),
    },
  ],
});
