import { defineCheck } from './check.ts';
import { judgedThread, judgedThreads } from './judging/causes.ts';
import { threadSubject } from './subjects.ts';
import { asDraft, changeRow, SAFE, takeRow } from './cures/curing.ts';
import { mendRow } from './cures/mendRow.ts';

export default defineCheck({
  id: 'row-undecodable',
  title: 'One database entry breaks every list',
  meaning: `Codex cannot read this entry of its database: an id that is no thread id, a time that is
no moment, bytes where text should be, a history mode that it does not know. One such entry is
enough to fail **every** list from the database, for all threads: Codex 0.169 answers "state DB
unavailable for filtered thread listing", 0.142 an empty list without an error. Lists that look
through the files still work. All conversations are on disk.

The repair derives the value from the thread's file. Where that is not possible, as with an id that
is none, the entry is put into the vault, and no conversation is touched.`,
  severity: 'error',
  needs: { 'state-database': 'seen' },
  *detect(snapshot) {
    for (const { thread, file } of judgedThreads(snapshot)) {
      const why = thread.row?.undecodable ?? null;
      if (why === null) continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { why },
        threads: [thread.id],
      };
    }
  },
  say: ({ why }) =>
    `Codex cannot read this entry of the database (${why}), and because of it no list from the database works, for any thread.`,
  cures: [
    {
      ...SAFE,
      id: 'mend-or-put-away',
      title: 'Put the value right, or the entry into the vault',
      limits: 'A name or a pin in an entry that goes into the vault is not shown any more.',
      needs: [],
      wishes: ({ threads, subject }, snapshot) => {
        const file = judgedThread(snapshot, subject.key)?.file ?? null;
        return { rows: threads, messages: file === null ? [] : [file.file] };
      },
      plan: ({ subject, facts }, snapshot, closer) => {
        const id = subject.key;
        const file = judgedThread(snapshot, id)?.file ?? null;
        const mended = mendRow(closer.rows[id], file, closer.messages[file?.file ?? ''] ?? null);
        return mended === null
          ? asDraft(
              `The entry that no Codex can read (${facts.why}) goes into the vault.`,
              takeRow(snapshot, closer, id),
            )
          : asDraft(
              `The entry has values that Codex can read: ${Object.keys(mended).join(', ')}.`,
              changeRow(snapshot, closer, id, mended),
            );
      },
    },
  ],
});
