// What Codex is asked so that a database that it has made anew knows what the old one knew.

import type { Call } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { ThreadId } from '../model/words.ts';
import { judgedThread } from './causes.ts';
import { namedThreads } from './namedThreads.ts';

export function rebuildCalls(snapshot: Snapshot, finding: string): readonly Call[] {
  const start: Call = {
    method: 'thread/list',
    params: { useStateDbOnly: true },
    says: 'makes its database anew from the conversations, as it does at its start',
    findings: [finding],
    threads: [],
  };
  // Threads with legacy history are shown under the name that session_index.jsonl has for them.
  const named = namedThreads(snapshot).filter(id => {
    const { thread, file } = judgedThread(snapshot, id) ?? {};
    return thread?.historyMode === 'paginated' && file != null;
  });
  const names = named.map((id): Call => ({
    method: 'thread/name/set',
    params: { threadId: id, name: snapshot.names[id] ?? '' },
    says: 'gives a thread its name again',
    findings: [finding],
    threads: [id],
  }));
  return [start, ...names];
}

/**
 * Codex enters the turns of a thread when it is resumed. It resumes no archived one; of that it enters
 * them when it is taken out of the archive and opened.
 */
export function resumeCalls(
  finding: string,
  threads: readonly ThreadId[],
  snapshot: Snapshot,
): readonly Call[] {
  return threads
    .filter(thread => judgedThread(snapshot, thread)?.thread.archived === false)
    .map(thread => ({
      method: 'thread/resume',
      params: { threadId: thread },
      says: 'resumes a thread, so that its turns are shown again',
      findings: [finding],
      threads: [thread],
    }));
}
