import { judgedThreads, isComparable } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { whyDisposable } from './judging/disposableThreads.ts';
import { threadSubject } from './subjects.ts';
import { archiveCure } from './cures/archiving.ts';

export default defineCheck({
  id: 'thread-temporary',
  title: 'Active thread from a temporary place',
  meaning: `The thread worked in a directory that the system empties by itself, or a program made
it only to see whether Codex answers. There may be many of them, and lists are short: the newest
fifty threads of Codex for VS Code and of the desktop app can be full of them, while the threads of
real projects are pushed out.

They can be archived, which Codex itself does and undoes. Marking them as archived in the database
alone does not hold: Codex takes the place of the file as right. A thread that worked in a temporary
directory may still hold a conversation that you want, so nothing is chosen for you.`,
  severity: 'note',
  needs: { 'state-database': 'seen', 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      if (file === null || thread.archived || !isComparable(cause)) continue;
      const why = whyDisposable(thread, file, snapshot);
      if (why === null) continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { why, cwd: thread.cwd, isGone: snapshot.paths[thread.cwd] === 'missing' },
        threads: [thread.id],
      };
    }
  },
  say: ({ why, cwd, isGone }) => {
    if (why === 'probe')
      return `A program made it in ${cwd} to see whether Codex answers: it takes a place in the lists.`;
    return isGone
      ? `It worked in a temporary directory that is gone (${cwd}): it takes a place in the lists.`
      : `It worked in a temporary directory (${cwd}): it takes a place in the lists.`;
  },
  cures: [archiveCure('Let Codex archive it', 'Codex archives it.')],
});
