import { judgedThreads, isComparable } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { canonicalSource, isKnownSource } from './judging/sources.ts';
import { threadSubject } from './subjects.ts';
import { asDraft, changeRow, SAFE } from './cures/curing.ts';
import { literal } from '../model/literal.ts';

export default defineCheck({
  id: 'thread-source-mismatch',
  title: 'Database has another origin for the thread than its file',
  meaning: `Every thread has a source: an editor (\`vscode\`), the terminal (\`cli\`), a script
(\`exec\`), a sub-agent. Lists show only what a person started, unless they are asked for more. Here
the database says something else than the first line of the file, or a word that Codex does not
know, so that lists from the database hide a thread which a person started, or show one of a script.

The repair lets the database follow the file. Codex corrects this by itself in one direction only:
when the file says \`exec\` and the database \`vscode\`.`,
  severity: 'warning',
  needs: { 'state-database': 'seen', 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      if (thread.row === null || file === null || !isComparable(cause)) continue;
      const row = thread.row.source;
      const header = file.head.meta?.source ?? null;
      const isSame = row === header || canonicalSource(row) === canonicalSource(header);
      if (isSame && isKnownSource(row)) continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { row, header },
        threads: [thread.id],
      };
    }
  },
  say: ({ row, header }) =>
    `The database says that it was started by "${row}", and its file says ${header === null ? 'nothing about it' : `"${header}"`}: lists from the database put it in the wrong place.`,
  cures: [
    {
      ...SAFE,
      id: 'follow-file',
      title: 'Let the database follow the file',
      limits: 'The file is believed, also where somebody has changed it.',
      needs: [],
      fits: ({ facts }) => facts.header !== null && isKnownSource(facts.header),
      wishes: ({ threads }) => ({ rows: threads }),
      plan: ({ subject, facts }, snapshot, closer) =>
        asDraft(
          `The database says that it was started by "${facts.header ?? ''}", as its file does.`,
          changeRow(snapshot, closer, subject.key, { source: literal(facts.header) }),
        ),
    },
  ],
});
