import { literal } from '../model/literal.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { ThreadId } from '../model/words.ts';
import { judgedThread, judgedThreads, isComparable } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { threadSubject } from './subjects.ts';
import { asDraft, askCodex, changeRow, SAFE } from './cures/curing.ts';

export default defineCheck({
  id: 'thread-name-lost',
  title: 'Name of the thread is no longer shown',
  meaning: `The thread was given a name, \`session_index.jsonl\` still has it, and the database does
not. This is what a database that was lost and made anew leaves behind: for threads with paginated
history, which newer versions of Codex make, only the database counts, and lists show the first message
in place of the name.

Threads with legacy history are not affected: there Codex falls back to \`session_index.jsonl\`.

The repair gives the newest name in that file to the thread again, through Codex. It adds one line
to the file, as any naming does. Codex refuses to name a thread that is archived: there the repair puts
the name into the database itself, where Codex shows it, in the archive and when it is taken out.`,
  severity: 'warning',
  needs: {
    names: 'seen',
    'state-database': 'seen',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
  },
  *detect(snapshot) {
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      const name = snapshot.names[thread.id];
      if (name === undefined || thread.row === null || file === null) continue;
      if (thread.row.historyMode !== 'paginated' || !isComparable(cause)) continue;
      if ((thread.row.name ?? '').trim() !== '') continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { name },
        threads: [thread.id],
      };
    }
  },
  say: ({ name }) =>
    `Its name "${name}" is still in session_index.jsonl, and the database has lost it: lists show the first message instead.`,
  cures: [
    {
      ...SAFE,
      id: 'replay-name',
      title: 'Give it its name again, through Codex',
      limits: 'A name that is not in session_index.jsonl is not found again.',
      needs: ['codex-stopped', 'codex-started'],
      phase: 'codex',
      fits: ({ subject }, snapshot) => !isInArchive(subject.key, snapshot),
      plan: ({ id, threads, facts, subject }, snapshot) =>
        asDraft(
          `Codex names it "${facts.name}".`,
          askCodex(snapshot, [
            {
              method: 'thread/name/set',
              params: { threadId: subject.key, name: facts.name },
              says: 'gives a thread its name again',
              findings: [id],
              threads,
            },
          ]),
        ),
    },
    {
      ...SAFE,
      id: 'enter-name',
      title: 'Put the name into the database, where Codex refuses to name an archived thread',
      limits: 'A name that is not in session_index.jsonl is not found again.',
      needs: [],
      fits: ({ subject }, snapshot) => isInArchive(subject.key, snapshot),
      wishes: ({ threads }) => ({ rows: threads }),
      plan: ({ facts, subject }, snapshot, closer) =>
        asDraft(
          `The database has its name "${facts.name}" again.`,
          changeRow(snapshot, closer, subject.key, { name: literal(facts.name) }),
        ),
    },
  ],
});

/** What counts is where the file lies: one that is only flagged as archived is named by Codex (0.160, 0.169). */
function isInArchive(id: ThreadId, snapshot: Snapshot): boolean {
  return judgedThread(snapshot, id)?.thread.archived === true;
}
