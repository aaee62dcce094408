import { defineCheck } from './check.ts';
import { judgedThreads } from './causes.ts';
import { threadSubject } from './subjects.ts';
import { countOf, join } from './words.ts';

export default defineCheck({
  id: 'thread-file-duplicate',
  title: 'Several files hold one thread',
  meaning: `More than one file says that it is this thread. One is a copy, made by a backup, a cloud
folder or a tool. Codex lists the thread once for each file, goes on in one of them, and from 0.169
on archives or **deletes all of them** together; 0.142 acts on one, and may bind the thread to the
older one.

Not meant are the files that Codex itself makes: a compressed twin, and the further parts in which
a thread goes on after a revert (\`rollout-…-‹thread›_‹part›.jsonl\`).

The repair puts the stray copy into the vault and keeps the file with more history. It refuses when
each of the two has lines that the other lacks.`,
  severity: 'warning',
  needs: { 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const { thread, cause, file, holders } of judgedThreads(snapshot)) {
      if (file === null || cause !== 'thread-file-duplicate') continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: {
          used: file.path,
          files: holders.map(({ path }) => path).sort(),
        },
        threads: [thread.id],
      };
    }
  },
  say: ({ files }) =>
    `${countOf(files.length, 'file')} hold this one conversation (${join(files)}): lists show it more than once, and deleting one entry deletes them all.`,
});
