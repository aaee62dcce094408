// Which threads go together. A fork of a paginated thread has its beginning in the file of another one, and
// the thread of an agent belongs to the one that has started it: apart from each other they cannot be read.

import { judgedThreads, type JudgedThread } from '../../checks/judging/causes.ts';
import { nameOfFile } from '../../checks/cures/leaningFiles.ts';
import type { CloserLook } from '../../model/closerLook.ts';
import type { HostName } from '../../model/host.ts';
import type { Refused } from '../../model/plan.ts';
import type { Report } from '../../model/report.ts';
import type { ThreadId } from '../../model/words.ts';
import { troubleOf } from '../planThreadChange.ts';
import type { SplitWish } from './wish.ts';

/** Threads that go to one host, with one another. */
export interface Lineage {
  readonly host: HostName;
  readonly threads: readonly JudgedThread[];
}

export function chooseLineages(
  report: Report,
  { hosts, of }: Pick<SplitWish, 'hosts' | 'of'>,
  agents: CloserLook['agents'],
): { readonly going: readonly Lineage[]; readonly staying: readonly Refused[] } {
  const going: Lineage[] = [];
  const staying: Refused[] = [];
  const isMeant = new Set(hosts.map(({ host }) => host));
  const hostOf = (id: ThreadId) => {
    const host = of.get(id);
    return host !== undefined && isMeant.has(host) ? host : null;
  };
  const { groups, isAgent } = groupThreads(report, agents);
  for (const threads of groups) {
    const wanted = threads.filter(({ thread }) => hostOf(thread.id) !== null);
    if (wanted.length === 0) continue;
    // An agent runs where the thread runs that has started it.
    const decisive = threads.filter(
      ({ thread: { id } }) => hostOf(id) !== null || !isAgent.has(id),
    );
    const found = new Set(decisive.map(({ thread }) => hostOf(thread.id)));
    const [host = null] = found;
    const why =
      found.size > 1 || host === null ? apart(decisive, hostOf) : firstTrouble(threads, report);
    if (host !== null && why === null) going.push({ host, threads });
    else if (why !== null)
      staying.push(...wanted.map(({ thread }) => ({ finding: thread.id, ...why })));
  }
  return { going, staying };
}

type Why = Omit<Refused, 'finding'>;

function apart(threads: readonly JudgedThread[], hostOf: (id: ThreadId) => HostName | null): Why {
  const said = threads
    .slice(0, 4)
    .map(({ thread: { id } }) => `${id} (${hostOf(id) ?? 'nobody knows whose'})`)
    .join(', ');
  return {
    why: `it cannot be read without others that do not go to the same host: ${said}`,
    next: 'Say for each of them to which host it belongs, and plan again; until then they stay together where they are.',
  };
}

function firstTrouble(threads: readonly JudgedThread[], report: Report): Why | null {
  for (const judged of threads) {
    const trouble = troubleOf(judged, report);
    if (trouble === null) continue;
    const { id } = judged.thread;
    return threads.length === 1
      ? trouble
      : { ...trouble, why: `of ${id}, which goes with it: ${trouble.why}` };
  }
  return null;
}

function groupThreads({ snapshot }: Report, agents: CloserLook['agents']) {
  const all = new Map(judgedThreads(snapshot).map(judged => [judged.thread.id, judged]));
  const owners = new Map<string, ThreadId>();
  for (const { thread, holders } of all.values())
    for (const file of holders) owners.set(nameOfFile(file), thread.id);
  const union = new Union();
  const isAgent = new Set<ThreadId>();
  const bind = (parent: ThreadId, agent: ThreadId) => {
    if (!all.has(parent) || !all.has(agent) || parent === agent) return;
    union.join(parent, agent);
    isAgent.add(agent);
  };
  for (const [parent, below] of Object.entries(agents))
    for (const agent of below) bind(parent, agent);
  for (const { thread, holders } of all.values()) {
    for (const { head } of holders) {
      const { historyFile, historyBase, source } = head.meta ?? {};
      const owner = owners.get(historyFile ?? historyBase ?? '');
      if (owner !== undefined) union.join(owner, thread.id);
      bind(parentIn(source ?? ''), thread.id);
    }
  }
  const groups = new Map<ThreadId, JudgedThread[]>();
  for (const judged of all.values()) {
    const root = union.rootOf(judged.thread.id);
    groups.set(root, [...(groups.get(root) ?? []), judged]);
  }
  return { groups: [...groups.values()], isAgent };
}

/** The thread of an agent says in its first line by which thread it was started. */
function parentIn(source: string): ThreadId {
  return /"parent_thread_id"\s*:\s*"([0-9a-f-]{36})"/.exec(source)?.[1] ?? '';
}

class Union {
  readonly #parents = new Map<ThreadId, ThreadId>();

  rootOf(id: ThreadId): ThreadId {
    let root = id;
    for (let next = this.#parents.get(root); next !== undefined; next = this.#parents.get(root))
      root = next;
    return root;
  }

  join(one: ThreadId, other: ThreadId): void {
    const [root, next] = [this.rootOf(one), this.rootOf(other)];
    if (root !== next) this.#parents.set(next, root);
  }
}
