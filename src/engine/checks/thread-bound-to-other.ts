import { defineCheck } from './check.ts';
import { judgedThread, judgedThreads } from './judging/causes.ts';
import { shortPath, threadSubject } from './subjects.ts';
import { asDraft, bindRow, SAFE, takeRow } from './cures/curing.ts';

export default defineCheck({
  id: 'thread-bound-to-other',
  title: "Database entry leads to another thread's file",
  meaning: `The entry of this thread in the database names the file of another thread. The list
from the database shows the other conversation under both entries, and Codex 0.169 answers
"session metadata … belongs to thread …" to whatever is asked about this one: read, resume,
archive, name, even delete.

Where the thread has a file of its own, the repair binds the entry to it again. Where it has none,
the entry was made up or its file is gone; the repair puts the entry away and does not touch the
other thread. Codex up to 0.142 repairs or deletes such an entry when it is asked to archive it.`,
  severity: 'error',
  needs: { 'state-database': 'seen', 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      const { id, row, bound } = thread;
      if (row === null || cause !== 'thread-bound-to-other') continue;
      yield {
        subject: threadSubject(id, file),
        facts: {
          recorded: shortPath(row.rolloutPath, snapshot.home),
          other: bound?.head.meta?.id ?? bound?.name?.id ?? null,
          file: file?.path ?? null,
        },
        threads: [id],
      };
    }
  },
  say: ({ recorded, file }) =>
    file === null
      ? `This entry of the database leads to the file of another conversation (${recorded}), and no file of its own was found: it shows that conversation a second time and cannot be opened.`
      : `The database leads to the file of another conversation (${recorded}), and this one lies at ${file}: Codex refuses to open it, and nothing of it is lost.`,
  cures: [
    {
      ...SAFE,
      id: 'rebind',
      title: "Bind the database's entry to the thread's own file",
      limits: 'It changes where the database looks; what the entry says besides stays as it is.',
      needs: [],
      fits: ({ facts }) => facts.file !== null,
      wishes: ({ threads }) => ({ rows: threads }),
      plan: ({ subject }, snapshot, closer) =>
        bindRow(snapshot, closer, subject.key, judgedThread(snapshot, subject.key)?.file ?? null),
    },
    {
      ...SAFE,
      id: 'put-row-away',
      title: 'Put the made-up entry of the database into the vault',
      limits: 'It brings back no conversation: there is none under that id.',
      needs: [],
      fits: ({ facts }) => facts.file === null,
      wishes: ({ threads }) => ({ rows: threads }),
      plan: ({ subject }, snapshot, closer) =>
        asDraft(
          `The entry ${subject.key}, which leads to another conversation, goes into the vault.`,
          takeRow(snapshot, closer, subject.key),
        ),
    },
  ],
});
