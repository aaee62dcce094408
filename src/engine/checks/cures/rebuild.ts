// Codex makes its database anew; what only the old one knew is read before, and put back afterwards.

import type { Salvage } from '../../model/closerLook.ts';
import type { Call, Step } from '../../model/plan.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import type { Draft, Objection } from '../check.ts';
import { asDraft, askCodex } from './curing.ts';
import { recall } from './replays.ts';
import { judgedThread } from '../judging/causes.ts';
import { namedThreads } from '../judging/namedThreads.ts';

/** `salvage`: what can be read of the old database, or of a copy; null where there is neither. */
export function rebuild(
  snapshot: Snapshot,
  finding: string,
  says: string,
  old: { readonly salvage: Salvage; readonly source: string } | null,
  clearing: readonly Step[],
): Draft | Objection {
  const recalled = old === null ? null : recall(snapshot, old.salvage, old.source);
  const calls = rebuildCalls(snapshot, finding, recalled?.named ?? new Set());
  const replay =
    recalled === null ? {} : { replay: { finding, says: recalled.says, rows: recalled.rows } };
  return asDraft(says, ...clearing, askCodex(snapshot, calls, { completesIndex: true, ...replay }));
}

function rebuildCalls(
  snapshot: Snapshot,
  finding: string,
  recalled: ReadonlySet<ThreadId>,
): readonly Call[] {
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
    return thread?.historyMode === 'paginated' && file != null && !recalled.has(id);
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
 * them when it is taken out of the archive and opened. `makes`: the database, where it makes that first.
 */
export function resumeCalls(
  finding: string,
  threads: readonly ThreadId[],
  snapshot: Snapshot,
  makes: readonly FilePath[],
): readonly Call[] {
  return threads
    .filter(thread => judgedThread(snapshot, thread)?.thread.archived === false)
    .map((thread, at) => ({
      ...(at === 0 ? { makes } : {}),
      method: 'thread/resume',
      params: { threadId: thread },
      says: 'resumes a thread, so that its turns are shown again',
      findings: [finding],
      threads: [thread],
    }));
}
