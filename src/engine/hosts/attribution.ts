// Whose thread it is. What was seen goes before what is inferred, and what the person said before both; two
// hosts of one rank are a conflict, and where nothing tells, nothing is said. A home of which nothing says
// that it is shared needs none of this: its threads are those of its machine.

import type { Attribution, HostEvidence, HostName } from '../model/host.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { ThreadId } from '../model/words.ts';
import { createEvidence, createLack, hasPins, pins } from './evidence.ts';
import { hostsOfHome, isShared } from './hostsOfHome.ts';

const known = new WeakMap<Snapshot, ReadonlyMap<ThreadId, Attribution>>();

/** Worked out once for each snapshot. */
export function attribute(snapshot: Snapshot): ReadonlyMap<ThreadId, Attribution> {
  const before = known.get(snapshot);
  if (before !== undefined) return before;
  const attributions = work(snapshot);
  known.set(snapshot, attributions);
  return attributions;
}

const NOTHING: Attribution = { confidence: 'unknown', host: null, evidence: [] };

/** Whether a thread of this home can belong to another host: in most homes nothing says so of any. */
export function hasOthers(snapshot: Snapshot): boolean {
  return isShared(hostsOfHome(snapshot)) || hasPins(snapshot);
}

/** Whether anything says that a thread belongs to another host; a conflict does not. */
export function isOfOtherHost(id: ThreadId, snapshot: Snapshot): boolean {
  const host = attribute(snapshot).get(id)?.host ?? null;
  return host !== null && host !== snapshot.hosts.here.hostname;
}

function work(snapshot: Snapshot): ReadonlyMap<ThreadId, Attribution> {
  const hosts = hostsOfHome(snapshot);
  const shared = isShared(hosts);
  const evidenceOf = shared ? createEvidence(snapshot, hosts) : pins(snapshot);
  const ours: Attribution = { confidence: 'inferred', host: hosts.here, evidence: [] };
  const own = new Map(
    snapshot.threads.map(thread => [
      thread.id,
      weigh(evidenceOf(thread), shared ? NOTHING : ours, hosts.doubtful),
    ]),
  );
  return shared ? withKin(snapshot, own) : own;
}

/** Each rank decides alone: what is weaker is told, and changes nothing. */
const RANKS: readonly (readonly [Attribution['confidence'], readonly HostEvidence['kind'][]])[] = [
  ['told', ['pin']],
  ['seen', ['writing', 'observed']],
  ['inferred', ['log']],
  ['inferred', ['desktop']],
  ['inferred', ['folder']],
];

function weigh(
  unsorted: readonly HostEvidence[],
  otherwise: Attribution,
  doubtful: ReadonlyMap<HostName, string>,
): Attribution {
  if (unsorted.length === 0) return otherwise;
  const evidence = inOrder(unsorted).map(one => withDoubt(one, doubtful));
  for (const [confidence, kinds] of RANKS) {
    const strongest = evidence.filter(({ kind }) => kinds.includes(kind));
    // Of pins, the one of the thread itself comes first, and the other one is overruled by it.
    const deciding = confidence === 'told' ? strongest.slice(0, 1) : strongest;
    const [first] = deciding;
    if (first === undefined) continue;
    if (deciding.some(({ host }) => doubtful.has(host))) return { ...NOTHING, evidence };
    if (deciding.every(({ host }) => host === first.host))
      return { confidence, host: first.host, evidence };
    // The desktop app may have a project of one path on several hosts: that is no conflict about the thread.
    return kinds.includes('desktop')
      ? { ...NOTHING, evidence }
      : { confidence: 'conflict', host: null, evidence };
  }
  return { ...otherwise, evidence };
}

const KINDS: readonly HostEvidence['kind'][] = RANKS.flatMap(([, kinds]) => kinds);

/** By rank; within one, the earliest first: what is so now has no time, and is the latest. */
function inOrder(evidence: readonly HostEvidence[]): readonly HostEvidence[] {
  const rankOf = ({ kind }: HostEvidence) => RANKS.findIndex(([, kinds]) => kinds.includes(kind));
  const placeOf = ({ kind }: HostEvidence) => KINDS.indexOf(kind);
  return [...evidence].sort(
    (one, other) =>
      rankOf(one) - rankOf(other) ||
      (one.atMs ?? Infinity) - (other.atMs ?? Infinity) ||
      placeOf(one) - placeOf(other) ||
      // What is said of the thread itself stands before what is said of its project.
      (one.kind === 'pin' ? 0 : byText(one.host + one.says, other.host + other.says)),
  );
}

function byText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function withDoubt(one: HostEvidence, doubtful: ReadonlyMap<HostName, string>): HostEvidence {
  const why = doubtful.get(one.host);
  return why === undefined ? one : { ...one, says: `${one.says} ${why}` };
}

/**
 * Forks and sub-agents without evidence of their own go with the thread that they came from, unless their
 * folder is known to be elsewhere.
 */
function withKin(
  snapshot: Snapshot,
  own: ReadonlyMap<ThreadId, Attribution>,
): ReadonlyMap<ThreadId, Attribution> {
  const origins = new Map(snapshot.threads.map(thread => [thread.id, originOf(thread)]));
  const isSilent = (id: ThreadId) => own.get(id)?.evidence.length === 0;
  const lacks = createLack(snapshot);
  return new Map(
    snapshot.threads.map(thread => {
      const attribution = own.get(thread.id) ?? NOTHING;
      const speaker = speakerFor(thread.id, origins, isSilent);
      const host = speaker === thread.id ? null : (own.get(speaker)?.host ?? null);
      const isWith = host !== null && !lacks(thread, host);
      return [thread.id, isWith ? fromKin(host) : attribution];
    }),
  );
}

/** The first in its line of which something is known; itself where there is none. */
function speakerFor(
  id: ThreadId,
  origins: ReadonlyMap<ThreadId, ThreadId | null>,
  isSilent: (id: ThreadId) => boolean,
): ThreadId {
  const line = new Set<ThreadId>();
  let at = id;
  while (isSilent(at) && !line.has(at)) {
    line.add(at);
    at = origins.get(at) ?? id;
  }
  return at;
}

function fromKin(host: HostName): Attribution {
  const says = `It came from a thread of ${host}, and nothing else is known of it.`;
  return { confidence: 'inferred', host, evidence: [{ kind: 'parent', host, says, atMs: null }] };
}

/** The thread that started it, or from which it was forked. */
export function originOf({ id, row, own }: Thread): ThreadId | null {
  const meta = own?.head.meta ?? null;
  const origins = [row?.parentThread, meta?.forkedFrom, meta?.historyBase];
  return origins.find(origin => origin != null && origin !== id) ?? null;
}
