// What the person says about hosts, and what was seen on this one: kept in the state directory, outside
// every Codex home, and after they said yes once. Each host writes its own file of what it has seen.

import type { HostName, HostPins, ObservedThread } from '../model/host.ts';
import type { Report } from '../model/report.ts';
import type { Home, Snapshot } from '../model/snapshot.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { writersOf } from '../hosts/evidence.ts';
import { Refusal } from '../refusal.ts';
import { thisMachine } from '../scan/hostKnowledge.ts';
import {
  parsePins,
  parseSeen,
  PINS,
  readNote,
  REMEMBERING,
  seenBy,
  writePins,
  writeRemembering,
  writeSeen,
} from '../scan/hostNotes.ts';
import type { World } from '../world.ts';

export interface HostsKept {
  /** Whether what is seen shall be kept. Saying no empties what this host has kept as well. */
  remember(report: Report, isWanted: boolean): Promise<void>;
  /** Says to which host a thread, or the threads of a project, belong; null takes that back. */
  pin(report: Report, what: Pinned, host: HostName | null): Promise<void>;
}

export type Pinned = { readonly thread: ThreadId } | { readonly project: FilePath };

export function hostsKept(world: World): HostsKept {
  const here = thisMachine(world);
  return {
    remember: async ({ snapshot: { home } }, isWanted) => {
      await write(world, REMEMBERING, writeRemembering(isWanted), home);
      if (isWanted) return;
      const own = await world.keep.read(seenBy(world, here));
      const isThere = own.ok && own.value !== null;
      if (isThere)
        await write(world, seenBy(world, here), writeSeen({ machine: here, threads: {} }), home);
    },
    pin: async ({ snapshot: { home } }, what, host) => {
      const { value, troubles } = await readNote(world, PINS, parsePins, NO_PINS);
      if (troubles[0] !== undefined) throw unreadable(troubles[0]);
      const { threads, projects } = value;
      const pins =
        'thread' in what
          ? { projects, threads: changed(threads, what.thread, host) }
          : { threads, projects: changed(projects, what.project, host) };
      await write(world, PINS, writePins(pins), home);
    },
  };
}

const NO_PINS: HostPins = { threads: {}, projects: {} };

function changed(
  pins: Readonly<Record<string, HostName>>,
  key: string,
  host: HostName | null,
): Readonly<Record<string, HostName>> {
  const others = Object.entries(pins).filter(([one]) => one !== key);
  return Object.fromEntries(host === null ? others : [...others, [key, host]]);
}

/** When it was seen last is told as exactly as this, so that a look that stands seldom writes. */
const EXACT_MS = 10 * 60_000;

/** Notes the threads that a program of this host is writing, when the person wants it. */
export async function noteWriting(world: World, snapshot: Snapshot): Promise<void> {
  const { here, remembers, observed } = snapshot.hosts;
  if (remembers !== true) return;
  const ids = new Set(snapshot.threads.map(({ id }) => id));
  const now = snapshot.takenAtMs;
  const written = writersOf(snapshot)
    .flatMap(({ writesThreads }) => writesThreads)
    .filter(id => ids.has(id));
  const isKnown = (threads: Readonly<Record<ThreadId, ObservedThread>>) => (id: ThreadId) =>
    Object.hasOwn(threads, id) && Math.abs(now - (threads[id]?.lastMs ?? 0)) < EXACT_MS;
  const own = observed.find(
    ({ machine }) => machine.hostname === here.hostname && machine.machine === here.machine,
  );
  if (written.every(isKnown(own?.threads ?? {}))) return;
  const name = seenBy(world, here);
  // Threads of other homes are in it as well.
  const { value, troubles } = await readNote(world, name, parseSeen, null);
  const trouble = troubles[0] ?? null;
  const text = writeSeen({ machine: here, threads: noted(value?.threads ?? {}, written, now) });
  const kept =
    trouble === null ? await world.keep.write(name, text, outsideOf(snapshot.home)) : null;
  const why = kept?.ok === false ? kept.trouble.why : trouble;
  if (why !== null) world.log(`What was seen of hosts could not be kept: ${why}.`);
}

function noted(
  before: Readonly<Record<ThreadId, ObservedThread>>,
  written: readonly ThreadId[],
  now: number,
): Readonly<Record<ThreadId, ObservedThread>> {
  const fresh = written.map(id => {
    const known = Object.hasOwn(before, id) ? before[id] : undefined;
    // Clocks are set back now and then.
    const firstMs = Math.min(known?.firstMs ?? now, now);
    return [id, { firstMs, lastMs: Math.max(known?.lastMs ?? now, now) }] as const;
  });
  return { ...before, ...Object.fromEntries(fresh) };
}

async function write(world: World, name: string, text: string, home: Home): Promise<void> {
  const written = await world.keep.write(name, text, outsideOf(home));
  if (written.ok) return;
  throw new Refusal(
    'hosts-not-kept',
    `What you said about hosts could not be kept: ${written.trouble.why}.`,
    'Nothing was changed. Make that place writable, or name another state directory with XDG_STATE_HOME.',
  );
}

function unreadable(why: string): Refusal {
  return new Refusal(
    'pins-unreadable',
    `What you have said about hosts could not be read: ${why}.`,
    'Put the file hosts/pins.json of the state directory right or move it away; nothing was changed.',
  );
}

function outsideOf({ path, sqliteHome }: Home): readonly FilePath[] {
  return [path, sqliteHome];
}
