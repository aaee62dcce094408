import { judgedThreads } from './causes.ts';
import { defineCheck } from './check.ts';
import { beginningsOf, withDescendants } from './lineage.ts';
import { threadSubject } from './subjects.ts';
import { countOf } from './words.ts';

export default defineCheck({
  id: 'thread-fork-parent-missing',
  title: 'File with the beginning of the thread is gone',
  meaning: `A fork of a thread with paginated history does not copy what came before: it names the
file of the thread from which it was forked, and Codex reads the beginning there. In the same way a
thread goes on in a new file after a revert and names its own earlier one. Here that file is nowhere
in this home, and Codex refuses to read or to resume the thread ("invalid paginated history lineage
for …: missing source rollout"). What was said after the fork is on disk; the beginning is not.

Forks of threads with legacy history hold a copy of everything and do not need their parent.

If the file is in the vault, in a backup or under another name, putting it back heals all forks at
once. Otherwise nothing does.`,
  severity: 'error',
  needs: { 'rollouts-active': 'whole', 'rollouts-archived': 'whole' },
  *detect(snapshot) {
    const missingBeginning = beginningsOf(snapshot);
    for (const judged of judgedThreads(snapshot)) {
      const missing = missingBeginning(judged);
      if (missing === null) continue;
      const { thread, file } = judged;
      const threads = withDescendants(thread.id, snapshot);
      yield {
        subject: threadSubject(thread.id, file),
        facts: { ...missing, forks: threads.length - 1 },
        threads,
      };
    }
  },
  say: ({ parent, isOwn, forks }) => {
    const whose = isOwn ? 'It goes on from an earlier file of its own' : 'It was forked';
    const which = isOwn ? ` (${parent})` : ` from the conversation ${parent}`;
    const more =
      forks === 0
        ? ''
        : ` ${countOf(forks, 'further fork')} ${forks === 1 ? 'suffers' : 'suffer'} as well.`;
    return `${whose}${which}, whose file is nowhere in this home: Codex cannot open it without that beginning.${more}`;
  },
});
