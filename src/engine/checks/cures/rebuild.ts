// Codex makes its database anew; what only the old one knew is read before, and put back afterwards. So are
// names of archived threads, which Codex gives to none when it is asked.

import type { Salvage } from '../../model/closerLook.ts';
import { literal } from '../../model/literal.ts';
import type { Call, KnownRow, Replay, Step } from '../../model/plan.ts';
import type { Codex, Snapshot } from '../../model/snapshot.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import type { Draft, Objection } from '../check.ts';
import { asDraft, askCodex } from './curing.ts';
import { recall } from './replays.ts';
import { judgedThread } from '../judging/causes.ts';
import { namedThreads } from '../judging/namedThreads.ts';
import { countOf } from '../words.ts';

/** `salvage`: what can be read of the old database, or of a copy; null where there is neither. */
export function rebuild(
  snapshot: Snapshot,
  finding: string,
  says: string,
  old: { readonly salvage: Salvage; readonly source: string } | null,
  clearing: readonly Step[],
): Draft | Objection {
  const recalled = old === null ? null : recall(snapshot, old.salvage, old.source);
  const lost = lostNames(snapshot, recalled?.named ?? new Set());
  const replay = (codex: Codex): Replay | undefined => {
    const { rows, says: saysNames } = namesInArchive(lost.archived, snapshot, codex);
    if (recalled === null && saysNames === '') return undefined;
    const sentences = [recalled?.says ?? '', saysNames].filter(text => text !== '');
    return { finding, says: sentences.join(' '), rows: [...(recalled?.rows ?? []), ...rows] };
  };
  const calls = rebuildCalls(snapshot, finding, lost.active);
  const options = { completesIndex: true, makesDatabase: true, replay };
  return asDraft(says, ...clearing, askCodex(snapshot, calls, options));
}

interface LostNames {
  readonly active: readonly ThreadId[];
  readonly archived: readonly ThreadId[];
}

/** Threads with legacy history are shown under the name that session_index.jsonl has for them. */
function lostNames(snapshot: Snapshot, recalled: ReadonlySet<ThreadId>): LostNames {
  const lost = namedThreads(snapshot).filter(id => {
    const { thread, file } = judgedThread(snapshot, id) ?? {};
    return thread?.historyMode === 'paginated' && file != null && !recalled.has(id);
  });
  const isArchived = (id: ThreadId) => judgedThread(snapshot, id)?.thread.archived === true;
  return { active: lost.filter(id => !isArchived(id)), archived: lost.filter(isArchived) };
}

function rebuildCalls(
  snapshot: Snapshot,
  finding: string,
  named: readonly ThreadId[],
): readonly Call[] {
  const start: Call = {
    method: 'thread/list',
    params: { useStateDbOnly: true },
    says: 'makes its database anew from the conversations, as it does at its start',
    findings: [finding],
    threads: [],
  };
  const names = named.map((id): Call => ({
    method: 'thread/name/set',
    params: { threadId: id, name: snapshot.names[id] ?? '' },
    says: 'gives a thread its name again',
    findings: [finding],
    threads: [id],
  }));
  return [start, ...names];
}

/** The number of the update that gave threads a column for names; 0.142 has not had it, 0.150 has. */
const NAMES_SINCE = 40;

/** Codex refuses to name a thread that is archived, and shows the name that is in its row (0.150 to 0.169). */
function namesInArchive(
  threads: readonly ThreadId[],
  { names }: Snapshot,
  { migrations }: Codex,
): Pick<Replay, 'rows' | 'says'> {
  if (threads.length === 0) return { rows: [], says: '' };
  const whose = `the ${threads.length === 1 ? 'name' : 'names'} of ${countOf(threads.length, 'archived conversation')}`;
  if ((migrations?.['state_5.sqlite'] ?? NAMES_SINCE) < NAMES_SINCE)
    return {
      rows: [],
      says: `This Codex is too old to have a place for ${whose}: session_index.jsonl keeps what it has of them.`,
    };
  const rows = threads.map((id): KnownRow => ({
    table: 'threads',
    key: { id: literal(id) },
    values: { name: literal(names[id] ?? '') },
    makes: false,
  }));
  return {
    rows,
    says: `Codex names none that is archived: ${whose} in session_index.jsonl will be written into the new database.`,
  };
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
