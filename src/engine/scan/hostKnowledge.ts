// What is known of other machines that use the home. Most homes are one machine's own: for them this costs
// a look at two small files, and Codex's log is left alone.

import type { Database } from '../model/database.ts';
import type { Gap } from '../model/gap.ts';
import type {
  HostKnowledge,
  HostSight,
  LoggedThread,
  MachineIdentity,
  ObservedHost,
} from '../model/host.ts';
import type { Home } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { World } from '../world.ts';
import { readOwnDatabases } from './ownDatabaseNotes.ts';
import { readSplits } from './splitNotes.ts';
import { givesHomeHere, recallOwnSight } from './ownSight.ts';
import { mergeLogs, StandingLogs } from './codexLog.ts';
import { readHostNotes, type HostNotes } from './hostNotes.ts';

export interface SeenHomeOf {
  readonly home: Home;
  readonly databases: readonly Database[];
  readonly threads: readonly Thread[];
  readonly sights: readonly HostSight[];
}

export async function readHostKnowledge(
  world: World,
  { home, databases, threads, sights }: SeenHomeOf,
  gaps: Gap[],
  logs: StandingLogs = new StandingLogs(),
): Promise<HostKnowledge> {
  const here = thisMachine(world);
  const notes = await readHostNotes(world);
  const { remembers, pins } = notes;
  const ids = new Set(threads.map(({ id }) => id));
  const gap = (path: string | null, why: string) =>
    gaps.push({ source: 'hosts', path, why, extent: 'part' });
  for (const why of new Set(notes.troubles)) gap(null, why);
  const splits = await readSplits(world.keep);
  const knowledge = {
    here,
    sights,
    own: givesHomeHere(world, splits) ? await recallOwnSight(world) : null,
    remembers,
    observed: notes.observed.map(one => ofThreads(one, ids)),
    pins,
    splits,
    ownDatabases: await readOwnDatabases(world.keep),
  };
  const logged: (readonly LoggedThread[])[] = [];
  // There may be several: an older Codex keeps its own in another place, or under another name.
  const files = databases.filter(({ family }) => family === 'logs').map(({ file }) => file);
  for (const file of mayBeShared(home, here, sights, notes) ? files : []) {
    const read = await logs.read(world, home.key, file);
    if (read.ok) logged.push(read.threads.filter(({ thread }) => ids.has(thread)));
    else gap(file, read.why);
  }
  return { ...knowledge, logged: mergeLogs(logged) };
}

export function thisMachine({ machine }: Pick<World, 'machine'>): MachineIdentity {
  const { hostname, id, system, user } = machine;
  return { hostname, machine: id, system, user };
}

/** Whether there is any reason to look for other hosts in the log. */
function mayBeShared(
  { filesystem }: Home,
  here: MachineIdentity,
  sights: readonly HostSight[],
  { observed, pins }: HostNotes,
): boolean {
  return (
    filesystem?.isNetwork === true ||
    sights.length > 0 ||
    observed.some(({ machine }) => machine.hostname !== here.hostname) ||
    Object.keys({ ...pins.threads, ...pins.projects }).length > 0
  );
}

/** Other homes share the state directory as well, and what is in them is not said here. */
function ofThreads({ machine, threads }: ObservedHost, ids: ReadonlySet<string>): ObservedHost {
  const own = Object.entries(threads).filter(([id]) => ids.has(id));
  return { machine, threads: Object.fromEntries(own) };
}
