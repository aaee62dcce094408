// Threads and a provider → a plan. Pure: the same home, the same ledger and the same wish give the same
// plan. Moving and giving back are one thing; only where the name comes from differs.

import { judgedThread, judgedThreads, type JudgedThread } from '../checks/judging/causes.ts';
import {
  draftMove,
  holdToMove,
  wishesToMove,
  type HeldThread,
} from '../checks/cures/moveThread.ts';
import {
  earlierProviders,
  isKnownProvider,
  isRetiredProvider,
  providersOf,
} from '../checks/judging/providers.ts';
import type { Draft, Objection } from '../checks/check.ts';
import type { CloserLook, Wishes } from '../model/closerLook.ts';
import type { Plan, Refused, ThreadMove, Unit } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { ThreadId } from '../model/words.ts';
import { Refusal } from '../refusal.ts';
import type { Originals } from './ledger.ts';
import { asPlan, eldestFirst } from './planRepairs.ts';

export type ProviderMove =
  | {
      readonly kind: 'move';
      /** Null: whatever each of them is under. */
      readonly from: string | null;
      readonly to: string;
      /** Only these; null for all of them. */
      readonly threads: readonly ThreadId[] | null;
    }
  | { readonly kind: 'restore'; readonly threads: readonly ThreadId[] | null };

export interface MovePlan extends Plan {
  /** Threads that are where they should be, in all places. */
  readonly alreadyThere: readonly ThreadId[];
  /** Where each thread of the plan comes from, and where it goes. */
  readonly moves: readonly ThreadMove[];
  /** The provider that is set: the only one whose threads are listed. */
  readonly current: string;
}

/** A thread that may have to be moved; whether it has to shows a closer look. */
export interface Candidate extends ThreadMove {
  readonly held: HeldThread;
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly Refused[];
}

/** Refuses where threads would be hidden or could no longer be resumed. */
export function refuseBadTarget({ snapshot: { config } }: Report, move: ProviderMove): void {
  if (move.kind === 'restore') return;
  const { from, to } = move;
  if (from === to)
    throw new Refusal(
      'same-provider',
      `"${from}" is both where threads come from and where they go.`,
      'Nothing was changed. codex-health provider list shows the providers.',
    );
  if (isRetiredProvider(to))
    throw new Refusal(
      'provider-retired',
      `Codex no longer supports the provider "${to}": threads that are moved there could not be resumed.`,
      'Nothing was changed. Name another one; codex-health provider list shows those that are there.',
    );
  if (config.state === 'broken' || config.state === 'unread')
    throw new Refusal(
      'config-unreadable',
      `config.toml could not be read, so that nobody knows whether Codex knows the provider "${to}".`,
      'Nothing was changed. Repair config.toml first: codex-health scan says what is wrong with it.',
    );
  if (!isKnownProvider(to, config))
    throw new Refusal(
      'provider-undefined',
      `config.toml does not define the provider "${to}": threads that are moved there could not be resumed.`,
      `Nothing was changed. Define it in config.toml first, as [model_providers.${to}], or name another one.`,
    );
}

export function chooseThreads(
  report: Report,
  move: ProviderMove,
  originals: Originals,
): Candidates {
  const candidates: Candidate[] = [];
  const skipped: Refused[] = [];
  for (const judged of judgedThreads(report.snapshot)) {
    const { id } = judged.thread;
    const isNamed = move.threads?.includes(id) === true;
    if (move.threads !== null && !isNamed) continue;
    const chosen = choose(judged, move, isNamed, originals);
    if (chosen === null) continue;
    if ('why' in chosen) skipped.push({ finding: id, ...chosen });
    else candidates.push({ thread: id, ...chosen });
  }
  const unknown = (move.threads ?? []).filter(
    id => judgedThread(report.snapshot, id) === undefined,
  );
  return { candidates, skipped: [...skipped, ...unknown.map(noThread)] };
}

type Choice = Omit<Candidate, 'thread'> | Omit<Refused, 'finding'> | null;

/** Null for a thread that is none of this move's business. */
function choose(
  judged: JudgedThread,
  move: ProviderMove,
  isNamed: boolean,
  originals: Originals,
): Choice {
  const { thread, file } = judged;
  const original = originals.get(thread.id);
  const names = file === null ? [thread.provider] : providersOf(thread, file).all;
  if (move.kind === 'restore' && original === undefined) return isNamed ? NEVER_MOVED : null;
  const to = move.kind === 'move' ? move.to : (original ?? '');
  const named = move.kind === 'move' ? move.from : null;
  const from = named ?? names.find(name => name !== to) ?? to;
  if (!names.includes(from)) {
    const isThere = names.includes(to) && (isNamed || original === from);
    if (!isThere) return isNamed ? elsewhere(names) : null;
  }
  const all = [...new Set([...names, ...earlierProviders(judged)])];
  const third = all.find(name => name !== from && name !== to);
  if (move.kind === 'move' && third !== undefined) return severalNames(all);
  const held = holdToMove(judged);
  return 'why' in held ? held : { held, from, to };
}

const NEVER_MOVED = {
  why: 'it was never moved to another provider by this program, so that nothing is known of an earlier one',
  next: 'codex-health provider move moves it, and remembers where it was.',
};

function elsewhere(names: readonly string[]) {
  return {
    why: `it is kept under ${names.map(name => `"${name}"`).join(' and ')}`,
    next: 'codex-health provider list shows which threads each provider has.',
  };
}

function severalNames(names: readonly string[]) {
  return {
    why: `it is recorded under several providers: ${names.map(name => `"${name}"`).join(', ')}`,
    next: 'Let them agree first: codex-health apply --check thread-provider-mismatch.',
  };
}

function noThread(id: ThreadId): Refused {
  return {
    finding: id,
    why: 'there is no such thread in this home',
    next: 'codex-health threads --all shows every thread.',
  };
}

/** What is asked of the databases once, for all threads. */
export function wishesInDatabases(
  { snapshot }: Report,
  candidates: readonly Candidate[],
): readonly Wishes[] {
  return candidates.map(({ held }) => {
    const { rows = [], projections = [] } = wishesToMove(snapshot, held);
    return { rows, projections };
  });
}

export function wishesInFiles(
  { snapshot }: Report,
  candidates: readonly Candidate[],
): readonly Wishes[] {
  return candidates.map(({ held }) => {
    const { heads = [], ends = [] } = wishesToMove(snapshot, held);
    return { heads, ends };
  });
}

/** What is to be done with a thread, or what stands against it; null when it is there already. */
export interface DraftedMove {
  readonly thread: ThreadId;
  readonly to: string;
  readonly draft: Draft | Objection | null;
}

export function draftMoves(
  { snapshot }: Report,
  candidates: readonly Candidate[],
  closer: CloserLook,
): readonly DraftedMove[] {
  return candidates.map(({ thread, from, to, held }) => ({
    thread,
    to,
    draft: draftMove(snapshot, closer, held, { from, to }),
  }));
}

export function planProviderMove(
  { snapshot }: Report,
  drafts: readonly DraftedMove[],
  skipped: readonly Refused[],
  hash: (text: string) => string,
): MovePlan {
  const units: Unit[] = [];
  const refused = [...skipped];
  const alreadyThere: ThreadId[] = [];
  for (const { thread, to, draft } of drafts) {
    if (draft === null) alreadyThere.push(thread);
    else if ('why' in draft) refused.push({ finding: thread, ...draft });
    else
      units.push({
        findings: [thread],
        cure: { id: 'move-provider', title: `Keep threads under the provider "${to}"` },
        loses: 'nothing',
        needs: [],
        ...draft,
      });
  }
  const sorted = units.toSorted(eldestFirst);
  return {
    ...asPlan(sorted, refused, hash),
    alreadyThere,
    moves: sorted.flatMap(({ move }) => move ?? []),
    current: snapshot.config.provider,
  };
}

/** Whether a thread is seen to be kept under a provider, in all places that were read. */
export function isKeptUnder({ snapshot }: Report, id: ThreadId, provider: string): boolean {
  const judged = judgedThread(snapshot, id);
  if (judged?.file == null) return false;
  const { all } = providersOf(judged.thread, judged.file);
  return all.length === 1 && all[0] === provider;
}
