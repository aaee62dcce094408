import type { Snapshot } from '../model/snapshot.ts';
import type { Severity, Subject } from '../model/finding.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Thread } from '../model/thread.ts';
import { isComparable, judgedThreads } from './judging/causes.ts';
import { defineCheck, type Objection } from './check.ts';
import { databaseAt } from './judging/databasesInUse.ts';
import { beginningsOf } from './judging/lineage.ts';
import { threadSubject } from './subjects.ts';
import { countOf } from './words.ts';
import { asDraft, askCodex, SAFE } from './cures/curing.ts';
import { resumeCalls } from './cures/rebuild.ts';

export default defineCheck({
  id: 'thread-history-missing',
  title: 'Thread opens without its turns',
  meaning: `A thread with paginated history is shown from a second database,
\`thread_history_1.sqlite\`, into which Codex copies the turns from the file. Here the thread is not
in it: reading it gives no turns and no error, so that it looks empty. The file has everything, and
threads with legacy history are not affected.

Resuming the thread fills the database again; opening it to read does not. The repair resumes each
such thread once and lets go of it. Codex holds the thread for as long as it runs, so that no other
Codex can write to it meanwhile.

An archived thread is only a note: Codex resumes none, and fills its history when it is taken out of
the archive and opened.

When the whole database is gone, or was made anew and is empty, this is one finding about it.`,
  severity: 'warning',
  needs: {
    'other-databases': 'whole',
    'state-database': 'seen',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
  },
  *detect(snapshot) {
    const paginated = paginatedThreads(snapshot);
    const projected = new Set(snapshot.history?.projected ?? []);
    const missing = paginated.filter(({ part }) => !projected.has(part));
    const isAllGone = missing.length === paginated.length && missing.length > 1;
    if (missing.length > 0 && (snapshot.history === null || isAllGone)) {
      yield {
        subject: databaseSubject(snapshot),
        facts: { threads: missing.length, isThere: snapshot.history !== null },
        threads: missing.map(({ thread }) => thread.id),
        severity: severityFor(missing),
      };
      return;
    }
    for (const { thread, file } of missing)
      yield {
        subject: threadSubject(thread.id, file),
        facts: { threads: 1, isThere: true },
        threads: [thread.id],
        severity: severityFor([{ thread }]),
      };
  },
  say: ({ threads, isThere }) => {
    if (isThere && threads === 1)
      return 'Its turns are in its file and not in the database from which they are shown: it opens empty until it is resumed.';
    const what = isThere ? 'is empty' : 'is gone';
    return `The database from which turns are shown ${what}: ${countOf(threads, 'conversation')} ${threads === 1 ? 'opens' : 'open'} empty until resumed, and the files have everything.`;
  },
  cures: [
    {
      ...SAFE,
      id: 'resume',
      title: 'Let Codex resume it once, which fills its history again',
      limits:
        'A thread that Codex cannot resume stays without its turns. Of one that was reverted, Codex fills in again only what came after that.',
      needs: ['codex-stopped', 'codex-started'],
      phase: 'codex',
      plan: ({ id, threads }, snapshot) => {
        const makes = snapshot.history === null ? [databaseAt(snapshot.home, FILE)] : [];
        const calls = resumeCalls(id, threads, snapshot, makes);
        return calls.length === 0
          ? ARCHIVED
          : asDraft('Codex resumes each of them once.', askCodex(snapshot, calls));
      },
    },
  ],
});

/** What is archived is not opened; taken out and opened, it has its turns again. */
function severityFor(missing: readonly Pick<Paginated, 'thread'>[]): Severity {
  return missing.every(({ thread }) => thread.archived) ? 'note' : 'warning';
}

interface Paginated {
  readonly thread: Thread;
  readonly file: Rollout;
  /** The database counts by files: a part in which a thread goes on has a name of its own. */
  readonly part: string;
}

function paginatedThreads(snapshot: Snapshot): readonly Paginated[] {
  const missingBeginning = beginningsOf(snapshot);
  return judgedThreads(snapshot).flatMap(judged => {
    const { thread, cause, file } = judged;
    if (file === null || !isComparable(cause)) return [];
    // Without its beginning no resuming helps, and another check says so.
    if (missingBeginning(judged) !== null) return [];
    const { meta, firstUserMessage } = file.head;
    const hasTurns = firstUserMessage !== null || meta?.historyFile != null;
    if (meta?.historyMode !== 'paginated' || !hasTurns) return [];
    return [{ thread, file, part: file.name?.segment ?? thread.id }];
  });
}

/** Codex makes the database again under this name. */
const FILE = 'thread_history_1.sqlite';

function databaseSubject(snapshot: Snapshot): Subject {
  const { history, home } = snapshot;
  if (history !== null)
    return { kind: 'database', key: history.database.key, path: history.database.file };
  const path = databaseAt(home, FILE);
  return { kind: 'database', key: home.sqliteHome === home.path ? FILE : path, path };
}

const ARCHIVED: Objection = {
  why: 'it is archived, and Codex resumes no archived thread',
  next: 'Nothing is lost: its turns come back when you take it out of the archive and open it.',
};
