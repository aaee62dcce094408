// Threads that stand in two homes of which nobody can tell whether they are one. They are shown once, at the
// host that comes first, and it is said why: shown twice, one conversation would look like two. Where the
// homes are known not to be one, both have a copy of their own, and each shows its own.

import type { HostGap, HostSight, SeenHome, Sharing } from '../model/host.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { ThreadId } from '../model/words.ts';
import { sharesHome } from './sharing.ts';

export interface Doubled {
  /** Threads of the host that stand elsewhere. */
  readonly threads: ReadonlySet<ThreadId>;
  /** Where, and why nobody can tell. */
  readonly gaps: readonly HostGap[];
}

/** Of hosts with a home that was scanned there; those that share ours have no threads of their own. */
export function doubledThreads({ threads, hosts }: Snapshot): ReadonlyMap<HostSight, Doubled> {
  const ours = idsOf(threads);
  const before: Seen[] = [];
  const doubled = new Map<HostSight, Doubled>();
  for (const sight of hosts.sights) {
    if (sight.snapshot === null || sight.sharing?.answer === 'yes') continue;
    const its = idsOf(sight.snapshot.threads);
    const [home = null] = sight.homes;
    const others = [
      { name: hosts.here.hostname, ids: ours, sharing: sight.sharing ?? UNTOLD },
      ...before.map(other => ({ ...other, sharing: sharingOf(other.home, home) })),
    ];
    doubled.set(sight, doubledWith(its, others));
    before.push({ name: sight.alias, home, ids: its });
  }
  return doubled;
}

interface Seen {
  readonly name: string;
  readonly home: SeenHome | null;
  readonly ids: ReadonlySet<ThreadId>;
}

function idsOf(threads: Snapshot['threads']): ReadonlySet<ThreadId> {
  return new Set(threads.map(({ id }) => id));
}

const UNTOLD: Sharing = {
  answer: 'unknown',
  because: ['Nothing that both have could be compared.'],
};

function sharingOf(one: SeenHome | null, other: SeenHome | null): Sharing {
  return one === null || other === null ? UNTOLD : sharesHome(one, other);
}

function doubledWith(
  its: ReadonlySet<ThreadId>,
  others: readonly (Pick<Seen, 'name' | 'ids'> & { readonly sharing: Sharing })[],
): Doubled {
  const threads = new Set<ThreadId>();
  const gaps: HostGap[] = [];
  for (const { name, ids, sharing } of others) {
    if (sharing.answer === 'no') continue;
    const both = [...its].filter(id => ids.has(id) && !threads.has(id));
    if (both.length === 0) continue;
    for (const id of both) threads.add(id);
    gaps.push(sayDoubled(name, both.length, sharing));
  }
  return { threads, gaps };
}

function sayDoubled(name: string, count: number, { answer, because }: Sharing): HostGap {
  const many = count === 1 ? 'one thread is' : `${String(count)} threads are`;
  const stand = `${many} in both, and shown at ${name}`;
  return answer === 'yes'
    ? { what: `what it has in common with ${name}`, why: `they have one home: ${stand}` }
    : {
        what: `whether it has one home with ${name}`,
        why: `${stand}. ${because[0] ?? ''}`.trim(),
      };
}
