import type { Call } from '../model/plan.ts';
import type { Codex, Snapshot } from '../model/snapshot.ts';
import { correctionsByList } from '../visibility/corrections.ts';
import { isBackfillUnfinished } from './judging/backfill.ts';
import { defineCheck } from './check.ts';
import { judgedThreads } from './judging/causes.ts';
import { threadSubject } from './subjects.ts';
import { asDraft, askCodex, SAFE } from './cures/curing.ts';

export default defineCheck({
  id: 'thread-row-missing',
  title: 'Thread is not in the database',
  meaning: `The conversation is on disk, in full, and Codex's database has no entry for it.
Surfaces that list from the database, such as Codex for VS Code, do not show it; those that look
through the files do. Nothing is lost.

Codex adds the entry by itself when something lists the threads by looking through the files. A
name that was given to the thread, a pin and its section are not in the file and do not come back
that way; a name is replayed from \`session_index.jsonl\`.

A file without any message of a person is only a note: Codex 0.169 lists no such thread, and adds
an entry for it only when it rebuilds the whole database.`,
  severity: 'warning',
  needs: { 'state-database': 'whole', 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    // An index that was never finished is one finding about the database.
    if (snapshot.state === null || isBackfillUnfinished(snapshot)) return;
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      if (file === null || cause !== 'thread-row-missing') continue;
      const { firstUserMessage, reachesFirstMessage, meta } = file.head;
      const isEmpty =
        firstUserMessage === null && reachesFirstMessage && (meta?.historyFile ?? null) === null;
      yield {
        subject: threadSubject(thread.id, file),
        facts: {
          file: file.path,
          archived: file.place === 'archived_sessions',
          hasMessage: !isEmpty,
        },
        threads: [thread.id],
        severity: isEmpty ? 'note' : 'warning',
      };
    }
  },
  say: ({ file, hasMessage }) =>
    hasMessage
      ? `The conversation is on disk (${file}), and the database has no entry for it: lists that are read from the database do not show it.`
      : `A thread without any message is on disk (${file}), and the database has no entry for it.`,
  cures: [
    {
      ...SAFE,
      id: 'list',
      title: 'Let Codex look through the files and enter it',
      limits: 'Pins and sections were in the entry that is gone, and do not come back.',
      needs: ['codex-stopped', 'codex-started'],
      phase: 'codex',
      fits: ({ facts }) => facts.hasMessage,
      plan: ({ id, threads, facts }, snapshot) =>
        asDraft(
          'Codex enters it in the database.',
          askCodex(snapshot, codex => [
            listThroughFiles(snapshot, codex, facts.archived, id, threads),
          ]),
        ),
    },
  ],
});

/** Every source and provider: a list that hides a thread does not enter it either. */
function listThroughFiles(
  snapshot: Snapshot,
  codex: Codex,
  archived: boolean,
  finding: string,
  threads: readonly string[],
): Call {
  return {
    method: 'thread/list',
    params: { archived, modelProviders: [], sourceKinds: [...SOURCES] },
    says: archived ? 'looks through the archived files' : 'looks through the files',
    findings: [finding],
    threads,
    corrects: correctionsByList(snapshot, codex, archived),
  };
}

const SOURCES = ['cli', 'vscode', 'exec', 'appServer', 'subAgent', 'unknown'];
