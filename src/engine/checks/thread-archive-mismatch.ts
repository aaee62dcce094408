import { defineCheck } from './check.ts';
import { judgedThread, judgedThreads } from './judging/causes.ts';
import { threadSubject } from './subjects.ts';
import { archivingCalls } from './cures/archiving.ts';
import { asDraft, askCodex, bindRow, CHOSEN, SAFE } from './cures/curing.ts';

export default defineCheck({
  id: 'thread-archive-mismatch',
  title: 'Database and folder disagree whether a thread is archived',
  meaning: `Archived threads lie in \`archived_sessions\`, active ones in \`sessions\`, and the
database has a flag that says the same. Here they disagree. A thread that was only flagged comes
back: the next list that looks through the files takes the folder as right and clears the flag.
A thread that was only moved is still in the lists from the database and cannot be resumed from
there.

The repair asks Codex to archive or to unarchive the thread, which moves the file and sets the flag
together. Codex sets the thread's time to now when it unarchives; the repair puts it back. Where the
folder is what you want, \`--cure follow-folder\` lets the database follow it instead.`,
  severity: 'warning',
  needs: { 'state-database': 'seen', 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      // A path that is wrong is wrong in a graver way, and its repair puts the flag right too.
      if (thread.row === null || file === null || file !== thread.bound) continue;
      if (cause !== 'none') continue;
      const isFileArchived = file.place === 'archived_sessions';
      if (thread.row.archived === isFileArchived) continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { file: file.path, isFileArchived, isRowArchived: thread.row.archived },
        threads: [thread.id],
      };
    }
  },
  say: ({ isFileArchived }) =>
    isFileArchived
      ? 'Its file is in the archive, and the database counts it as active: lists still show it, and Codex refuses to resume it.'
      : 'The database counts it as archived, and its file is among the active ones: it comes back into the lists as soon as something looks through the files.',
  cures: [
    {
      ...SAFE,
      id: 'follow-flag',
      title: 'Let Codex archive or unarchive it, as the database says',
      limits:
        'Nobody can tell which of the two was wanted: the database is believed. Codex takes the threads of its agents along, out of the archive from 0.169 on; the plan counts them.',
      needs: ['codex-stopped', 'codex-started'],
      phase: 'codex',
      wishes: ({ threads }) => ({ agents: threads }),
      plan: ({ id, threads, facts }, snapshot, closer) =>
        asDraft(
          facts.isRowArchived ? 'Codex archives it.' : 'Codex takes it out of the archive.',
          askCodex(
            snapshot,
            archivingCalls(
              facts.isRowArchived ? 'thread/archive' : 'thread/unarchive',
              id,
              threads,
              snapshot,
              closer,
            ),
          ),
        ),
    },
    {
      ...CHOSEN,
      id: 'follow-folder',
      title: 'Let the database say what the folder of the file says',
      limits: 'The file stays where it is, also where the flag was what somebody wanted.',
      needs: [],
      wishes: ({ threads }) => ({ rows: threads }),
      plan: ({ subject }, snapshot, closer) =>
        bindRow(snapshot, closer, subject.key, judgedThread(snapshot, subject.key)?.file ?? null),
    },
  ],
});
