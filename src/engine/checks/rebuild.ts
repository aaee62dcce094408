// What Codex is asked when it has made its database anew: what only the old one knew.

import type { Call } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
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
