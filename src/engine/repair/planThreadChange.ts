// What a person wants of threads that are well, and Codex itself does: archiving them, taking them out of
// the archive, naming one, forking one. Pure: the same home and the same wish give the same plan.

import { isTwin, judgedThread, type JudgedThread } from '../checks/judging/causes.ts';
import { askCodex } from '../checks/cures/curing.ts';
import type { Objection } from '../checks/check.ts';
import type { Call, Plan, Refused, Unit } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { ThreadId } from '../model/words.ts';
import { asPlan } from './planRepairs.ts';

export type ThreadChange =
  | { readonly kind: 'archive' | 'unarchive'; readonly threads: readonly ThreadId[] }
  | { readonly kind: 'rename'; readonly thread: ThreadId; readonly name: string }
  | { readonly kind: 'fork'; readonly thread: ThreadId };

/** Of a thread in which something is wrong Codex could make something else than was meant. */
export function planThreadChange(
  report: Report,
  change: ThreadChange,
  hash: (text: string) => string,
): Plan {
  const refused: Refused[] = [];
  const calls: Call[] = [];
  for (const id of new Set('threads' in change ? change.threads : [change.thread])) {
    const call = callFor(id, report, change);
    if ('why' in call) refused.push({ finding: id, ...call });
    else calls.push(call);
  }
  if (calls.length === 0) return asPlan([], refused, hash);
  const step = askCodex(report.snapshot, calls);
  if ('why' in step) {
    const all = calls.flatMap(({ findings }) => findings);
    return asPlan([], [...refused, ...all.map(finding => ({ finding, ...step }))], hash);
  }
  const unit: Unit = {
    findings: calls.flatMap(({ findings }) => findings),
    cure: { id: CURES[change.kind].id, title: CURES[change.kind].title },
    says: `Codex ${calls.length === 1 ? (calls[0]?.says ?? '') : CURES[change.kind].many(calls.length)}.`,
    loses: 'nothing',
    needs: ['codex-started', 'codex-stopped'],
    steps: [step],
  };
  return asPlan([unit], refused, hash);
}

const CURES: Readonly<
  Record<
    ThreadChange['kind'],
    { readonly id: string; readonly title: string; many(threads: number): string }
  >
> = {
  archive: {
    id: 'archive-threads',
    title: 'Let Codex archive threads',
    many: threads => `archives ${String(threads)} threads`,
  },
  unarchive: {
    id: 'unarchive-threads',
    title: 'Let Codex take threads out of the archive',
    many: threads => `takes ${String(threads)} threads out of the archive`,
  },
  rename: {
    id: 'rename-thread',
    title: 'Let Codex name a thread',
    many: threads => `names ${String(threads)} threads`,
  },
  fork: {
    id: 'fork-thread',
    title: 'Let Codex fork a thread',
    many: threads => `forks ${String(threads)} threads`,
  },
};

function callFor(id: ThreadId, report: Report, change: ThreadChange): Call | Objection {
  const judged = judgedThread(report.snapshot, id);
  if (judged === undefined || judged.cause === 'no-thread') return NO_THREAD;
  const trouble = troubleOf(judged, report);
  if (trouble !== null) return trouble;
  const about = { findings: [id], threads: [id] };
  if (change.kind === 'rename') {
    if (judged.thread.archived) return NO_NAME_IN_ARCHIVE;
    const named = nameOf(change.name, judged, report);
    return typeof named === 'string'
      ? {
          ...about,
          method: 'thread/name/set',
          params: { threadId: id, name: named },
          says: `names the thread ${id} "${named}"`,
        }
      : named;
  }
  if (change.kind === 'fork') {
    if (judged.thread.archived) return NO_FORK_IN_ARCHIVE;
    return {
      ...about,
      method: 'thread/fork',
      params: { threadId: id },
      says: `forks the thread ${id}: it makes a new thread that goes on from the end of this one`,
    };
  }
  const isArchiving = change.kind === 'archive';
  if (judged.thread.archived === isArchiving) return isArchiving ? ARCHIVED_ALREADY : NOT_ARCHIVED;
  return {
    ...about,
    method: isArchiving ? 'thread/archive' : 'thread/unarchive',
    params: { threadId: id },
    says: isArchiving ? `archives the thread ${id}` : `takes the thread ${id} out of the archive`,
  };
}

/** Archiving would move one of two copies, and a row that points elsewhere would be changed for another. */
function troubleOf({ thread, cause, file }: JudgedThread, { findings }: Report): Objection | null {
  const isTorn =
    thread.row !== null &&
    file !== null &&
    thread.row.archived !== (file.place === 'archived_sessions');
  const hasTwin = thread.files.some(one => thread.files.some(other => isTwin(one, other)));
  if (cause === 'none' && file !== null && !isTorn && !hasTwin) return null;
  const finding = findings.find(
    ({ threads, severity }) => severity !== 'note' && threads.includes(thread.id),
  );
  return finding === undefined
    ? {
        why: 'its entry and its file could not be held against each other',
        next: 'Look again with codex-health scan, which says what could not be looked at.',
      }
    : {
        why: 'something is wrong with it, and Codex could make something else of it than you mean',
        next: `Repair it first: codex-health apply ${finding.id}.`,
      };
}

/** Longer ones are cut by everything that shows them. */
const LONGEST_NAME = 200;

function nameOf(
  wanted: string,
  { thread }: JudgedThread,
  { snapshot }: Report,
): string | Objection {
  const name = wanted.trim();
  if (name === '') return { why: 'Codex takes no empty name', next: 'Give it a name.' };
  if (/\p{Cc}|[\u2028\u2029]/u.test(name))
    return {
      why: 'a name is one line, and this one has line breaks or other control characters',
      next: 'Leave them out.',
    };
  if ([...name].length > LONGEST_NAME)
    return {
      why: `a name of more than ${String(LONGEST_NAME)} characters is shown whole nowhere`,
      next: 'Give it a shorter one.',
    };
  return namesOf(thread, snapshot).includes(name)
    ? { why: 'it is called so already', next: 'Nothing has to be done.' }
    : name;
}

/** What Codex calls it: of a paginated history only the database says that, whatever the file of names holds. */
function namesOf(
  { id, row, historyMode }: Thread,
  { names }: Snapshot,
): readonly (string | null | undefined)[] {
  return historyMode === 'paginated' ? [row?.name] : [row?.name, names[id]];
}

const NO_THREAD: Objection = {
  why: 'there is no such thread in this home',
  next: 'codex-health threads --all shows every thread.',
};

const ARCHIVED_ALREADY: Objection = {
  why: 'it is archived already',
  next: 'Nothing has to be done.',
};

/** Seen in 0.142, 0.160 and 0.169. */
const NO_NAME_IN_ARCHIVE: Objection = {
  why: 'Codex does not name a thread that is archived',
  next: 'Take it out of the archive first.',
};

const NO_FORK_IN_ARCHIVE: Objection = {
  why: 'Codex does not fork a thread that is archived',
  next: 'Take it out of the archive first.',
};

const NOT_ARCHIVED: Objection = {
  why: 'it is not archived',
  next: 'Nothing has to be done.',
};

/** The thread that was made of another one between two looks; null when none was. */
export function forkOf(id: ThreadId, before: Report, after: Report): ThreadId | null {
  const known = new Set(before.snapshot.threads.map(thread => thread.id));
  const made = after.snapshot.threads.find(
    thread => !known.has(thread.id) && thread.own?.head.meta?.forkedFrom === id,
  );
  return made?.id ?? null;
}

/** Whether a thread is seen to be as it was wanted. */
export function isChanged(
  { snapshot }: Report,
  id: ThreadId,
  change: Exclude<ThreadChange, { kind: 'fork' }>,
): boolean {
  const judged = judgedThread(snapshot, id);
  if (judged === undefined) return false;
  const { row, archived } = judged.thread;
  if (change.kind === 'rename')
    return [...namesOf(judged.thread, snapshot), row?.title].includes(change.name.trim());
  const isWanted = change.kind === 'archive';
  return archived === isWanted && row?.archived === isWanted;
}
