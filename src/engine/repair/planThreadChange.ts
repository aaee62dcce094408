// What a person wants of threads that are well, and Codex itself does: archiving them, taking them out of
// the archive, naming one, forking one. Pure: the same home and the same wish give the same plan.

import { isTwin, judgedThread, type JudgedThread } from '../checks/judging/causes.ts';
import { archivingCalls } from '../checks/cures/archiving.ts';
import { askCodex } from '../checks/cures/curing.ts';
import type { Objection } from '../checks/check.ts';
import { countOf } from '../checks/words.ts';
import type { CloserLook, Wishes } from '../model/closerLook.ts';
import type { AskStep, Call, Plan, Refused, Unit } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { ThreadId } from '../model/words.ts';
import { inOrderOfAsking } from './askOnce.ts';
import { sayForeseen } from './beyondPlan.ts';
import { asPlan } from './planRepairs.ts';

export type ThreadChange =
  | { readonly kind: 'archive' | 'unarchive'; readonly threads: readonly ThreadId[] }
  | { readonly kind: 'rename'; readonly thread: ThreadId; readonly name: string }
  | { readonly kind: 'fork'; readonly thread: ThreadId };

/** Codex may take the threads of agents along, into the archive and out of it. */
export function wishesOfChange(change: ThreadChange): Wishes {
  return 'threads' in change ? { agents: change.threads } : {};
}

/** Of a thread in which something is wrong Codex could make something else than was meant. */
export function planThreadChange(
  report: Report,
  change: ThreadChange,
  closer: CloserLook,
  hash: (text: string) => string,
): Plan {
  const refused: Refused[] = [];
  const wanted: ThreadId[] = [];
  for (const id of new Set('threads' in change ? change.threads : [change.thread])) {
    const objection = objectionTo(id, report, change);
    if (objection === null) wanted.push(id);
    else refused.push({ finding: id, ...objection });
  }
  const asked = ask(wanted, report, change, closer);
  refused.push(...asked.refused);
  const { step } = asked;
  if (step === null) return asPlan([], refused, hash);
  const unit: Unit = {
    findings: wanted.filter(id => step.calls.some(({ findings }) => findings.includes(id))),
    cure: { id: CURES[change.kind].id, title: CURES[change.kind].title },
    says: `Codex ${sayCalls(step.calls, change)}. ${sayForeseen(step)}`.trim(),
    loses: 'nothing',
    needs: ['codex-started', 'codex-stopped'],
    steps: [step],
  };
  return asPlan([unit], refused, hash);
}

/** With a thread those are left as they are that would take one along in which something is wrong. */
function ask(
  wanted: readonly ThreadId[],
  report: Report,
  change: ThreadChange,
  closer: CloserLook,
): { readonly step: AskStep | null; readonly refused: readonly Refused[] } {
  if (wanted.length === 0) return { step: null, refused: [] };
  const step = askCodex(report.snapshot, codex =>
    inOrderOfAsking(
      wanted.flatMap(id =>
        'threads' in change
          ? archivingCalls(`thread/${change.kind}`, id, [id], report.snapshot, closer)(codex)
          : [callFor(id, change)],
      ),
    ),
  );
  if ('why' in step) return { step: null, refused: wanted.map(finding => ({ finding, ...step })) };
  const refused: Refused[] = [];
  const calls = step.calls.filter(({ findings, threads }) => {
    const trouble = threads
      .filter(id => !findings.includes(id))
      .map(id => troubleOf(judgedThread(report.snapshot, id), report))
      .find(one => one !== null);
    if (trouble === undefined) return true;
    const why = `Codex takes a thread of its agents along: ${trouble.why}`;
    refused.push(...findings.map(finding => ({ finding, why, next: trouble.next })));
    return false;
  });
  return { step: calls.length === 0 ? null : { ...step, calls }, refused };
}

function sayCalls(calls: readonly Call[], change: ThreadChange): string {
  const own = new Set(calls.flatMap(({ findings }) => findings));
  const along = new Set(calls.flatMap(({ threads }) => threads).filter(id => !own.has(id)));
  const [only] = own;
  const what =
    own.size === 1 && only !== undefined ? sayOne(only, change) : CURES[change.kind].many(own.size);
  return along.size === 0
    ? what
    : `${what}, and with that ${countOf(along.size, 'thread')} of agents`;
}

function sayOne(id: ThreadId, change: ThreadChange): string {
  switch (change.kind) {
    case 'archive':
      return `archives the thread ${id}`;
    case 'unarchive':
      return `takes the thread ${id} out of the archive`;
    default:
      return callFor(id, change).says;
  }
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

function objectionTo(id: ThreadId, report: Report, change: ThreadChange): Objection | null {
  const judged = judgedThread(report.snapshot, id);
  if (judged === undefined || judged.cause === 'no-thread') return NO_THREAD;
  const { archived } = judged.thread;
  const trouble = troubleOf(judged, report);
  if (trouble !== null) return trouble;
  switch (change.kind) {
    case 'rename':
      return archived ? NO_NAME_IN_ARCHIVE : objectionToName(change.name, judged, report);
    case 'fork':
      return archived ? NO_FORK_IN_ARCHIVE : null;
    case 'archive':
      return archived ? ARCHIVED_ALREADY : null;
    case 'unarchive':
      return archived ? null : NOT_ARCHIVED;
  }
}

function callFor(
  id: ThreadId,
  change: Exclude<ThreadChange, { kind: 'archive' | 'unarchive' }>,
): Call {
  const about = { findings: [id], threads: [id] };
  if (change.kind === 'fork')
    return {
      ...about,
      method: 'thread/fork',
      params: { threadId: id },
      says: `forks the thread ${id}: it makes a new thread that goes on from the end of this one`,
    };
  const name = change.name.trim();
  return {
    ...about,
    method: 'thread/name/set',
    params: { threadId: id, name },
    says: `names the thread ${id} "${name}"`,
  };
}

/** Archiving would move one of two copies, and a row that points elsewhere would be changed for another. */
export function troubleOf(
  judged: JudgedThread | undefined,
  { findings }: Report,
): Objection | null {
  if (judged === undefined) return NO_THREAD;
  const { thread, cause, file } = judged;
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

function objectionToName(
  wanted: string,
  { thread }: JudgedThread,
  { snapshot }: Report,
): Objection | null {
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
    ? { why: 'it is called so already', next: 'Nothing has to be done.', isSettled: true }
    : null;
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
  isSettled: true,
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
  isSettled: true,
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
