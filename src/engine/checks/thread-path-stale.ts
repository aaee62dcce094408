import { defineCheck } from './check.ts';
import { judgedThread, judgedThreads } from './judging/causes.ts';
import { bindRow, SAFE } from './cures/curing.ts';
import { shortPath, threadSubject } from './subjects.ts';

export default defineCheck({
  id: 'thread-path-stale',
  title: 'Database looks for the conversation in the wrong place',
  meaning: `The conversation is on disk, in full, under the name and in the folder that Codex gives
it. The database has another path for it, where nothing is. This happens when files are moved by
hand or by a tool, or when a home was copied to another place. Lists from the database leave the
thread out, and it cannot be opened.

Codex 0.169 does not heal this by itself; 0.142 and older do when they list by looking through the
files. The repair changes this one path in the database, and the archive flag with it when the file
has changed sides. Names, pins and sections stay.`,
  severity: 'error',
  needs: {
    'state-database': 'seen',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
    folders: 'seen',
  },
  *detect(snapshot) {
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      if (thread.row === null || file === null || cause !== 'thread-path-stale') continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: {
          recorded: shortPath(thread.row.rolloutPath, snapshot.home),
          file: file.path,
          isFileArchived: file.place === 'archived_sessions',
          isRowArchived: thread.row.archived,
        },
        threads: [thread.id],
      };
    }
  },
  say: ({ recorded, file }) =>
    `The database looks for this conversation at ${recorded}, where nothing is, and it lies at ${file}: Codex cannot open it, and nothing of it is lost.`,
  cures: [
    {
      ...SAFE,
      id: 'rebind',
      title: 'Let the database look where the conversation is',
      limits: 'It changes where the database looks; what the entry says besides stays as it is.',
      needs: [],
      wishes: ({ threads }) => ({ rows: threads }),
      plan: ({ subject }, snapshot, closer) => {
        const { file } = judgedThread(snapshot, subject.key) ?? {};
        return bindRow(snapshot, closer, subject.key, file ?? null);
      },
    },
  ],
});
