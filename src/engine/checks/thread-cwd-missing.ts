import type { Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import { judgedThreads } from './causes.ts';
import { defineCheck } from './check.ts';
import { threadSubject } from './subjects.ts';
import { disagreement, isTemporaryThread } from './workingDirectories.ts';

const OLD_MS = 90 * 24 * 60 * 60 * 1000;

export default defineCheck({
  id: 'thread-cwd-missing',
  title: 'Working directory is gone',
  meaning: `The directory in which this thread worked does not exist on this machine: it was moved,
renamed or removed, it was a worktree, or it is on a disk that is not mounted. The conversation is
complete and can be read and resumed; Codex does not warn, and what it then runs has no directory
to run in. Lists that are filtered by folder no longer show the thread for the project's new place.

For an archived thread, and for one that nobody has touched for ninety days, this is only a note.
A directory in a temporary place is not meant here.

The thread can be tied to the new place of the directory, in the row and in the file, or be forked
there. Which place that is has to be chosen; candidates come from the Git remote, the commit and
the name. Resuming with another directory changes only the database: lists that look through the
files go on to show the old one.`,
  severity: 'warning',
  needs: {
    'state-database': 'seen',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
    folders: 'seen',
  },
  *detect(snapshot) {
    for (const { thread, file } of judgedThreads(snapshot)) {
      const state = snapshot.paths[thread.cwd];
      if (file === null || (state !== 'missing' && state !== 'file')) continue;
      if (isTemporaryThread(thread, snapshot.home)) continue;
      // Which directory is meant has to be clear before its absence says anything.
      if (disagreement(thread, file, snapshot.home.system) !== null) continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { cwd: thread.cwd, isFile: state === 'file', archived: thread.archived },
        threads: [thread.id],
        severity: isAtRest(thread, snapshot) ? 'note' : 'warning',
      };
    }
  },
  say: ({ cwd, isFile }) =>
    isFile
      ? `Its working directory ${cwd} is a file now: the conversation can be read, and what is run in it has no directory to run in.`
      : `Its working directory ${cwd} does not exist here: the conversation can be read, and what is run in it has no directory to run in.`,
});

function isAtRest({ archived, updatedAtMs }: Thread, { takenAtMs }: Snapshot): boolean {
  return archived || takenAtMs - updatedAtMs > OLD_MS;
}
