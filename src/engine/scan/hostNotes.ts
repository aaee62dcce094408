// What is kept about hosts in the person's state directory: whether they want it kept, what was seen, in a
// file for each host that this host alone writes, and what they said themselves. Hosts that share a home
// share that directory too, and read each other's files.

import type { HostPins, MachineIdentity, ObservedHost, ObservedThread } from '../model/host.ts';
import { isAbsolutePath } from '../model/paths.ts';
import type { World } from '../world.ts';

export const REMEMBERING = 'hosts/remembering.json';
export const PINS = 'hosts/pins.json';
const SEEN = 'hosts/seen';

/** Where a host keeps what it has seen; two machines of one name do not meet there. */
export function seenBy({ hash }: World, { hostname, machine }: MachineIdentity): string {
  return `${SEEN}/${hash(JSON.stringify([hostname, machine])).slice(0, 16)}.json`;
}

export interface HostNotes {
  /** Null where the person was never asked. */
  readonly remembers: boolean | null;
  readonly observed: readonly ObservedHost[];
  readonly pins: HostPins;
  /** Why something of it could not be read. */
  readonly troubles: readonly string[];
}

const NO_PINS: HostPins = { threads: {}, projects: {} };
const NOT_OURS = 'it is not what this program writes';

export async function readHostNotes(world: World): Promise<HostNotes> {
  const [remembering, pins] = await Promise.all([
    readNote<boolean | null>(world, REMEMBERING, parseRemembering, null),
    readNote(world, PINS, parsePins, NO_PINS),
  ]);
  const observed = remembering.value === true ? await readSeen(world) : { value: [], troubles: [] };
  return {
    remembers: remembering.value,
    observed: observed.value,
    pins: pins.value,
    troubles: [...remembering.troubles, ...pins.troubles, ...observed.troubles],
  };
}

export interface Note<T> {
  readonly value: T;
  /** Empty when it could be read. */
  readonly troubles: readonly string[];
}

/** `parse` answers null for what is not ours; then, too, nothing is known. */
export async function readNote<T>(
  world: World,
  name: string,
  parse: (kept: Kept) => T | null,
  none: T,
): Promise<Note<T>> {
  const read = await world.keep.read(name);
  if (!read.ok) return { value: none, troubles: [read.trouble.why] };
  if (read.value === null) return { value: none, troubles: [] };
  const kept = asKept(read.value);
  const value = kept === null ? null : parse(kept);
  return value === null ? { value: none, troubles: [NOT_OURS] } : { value, troubles: [] };
}

async function readSeen(world: World): Promise<Note<readonly ObservedHost[]>> {
  const names = await world.keep.list(SEEN);
  if (!names.ok) return { value: [], troubles: [names.trouble.why] };
  const files = names.value.filter(name => /^[0-9a-f]{16}\.json$/.test(name));
  const notes = await Promise.all(
    files.map(name => readNote(world, `${SEEN}/${name}`, parseSeen, null)),
  );
  return {
    value: notes.map(({ value }) => value).filter(value => value !== null),
    troubles: notes.flatMap(({ troubles }) => troubles),
  };
}

type Kept = Readonly<Record<string, unknown>>;

function asKept(text: string): Kept | null {
  try {
    const kept = asRecord(JSON.parse(text));
    return kept?.['schemaVersion'] === 1 ? kept : null;
  } catch {
    return null;
  }
}

function asRecord(value: unknown): Kept | null {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Kept) : null;
}

export function parseRemembering({ remember }: Kept): boolean | null {
  return typeof remember === 'boolean' ? remember : null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function parsePins(kept: Kept): HostPins | null {
  const threads = asHosts(kept['threads'], key => UUID.test(key));
  const projects = asHosts(kept['projects'], isAbsolutePath);
  return threads === null || projects === null ? null : { threads, projects };
}

function asHosts(value: unknown, isKey: (key: string) => boolean) {
  const entries = Object.entries(asRecord(value) ?? { '': null });
  return entries.every((entry): entry is [string, string] => isHostOf(entry, isKey))
    ? Object.fromEntries(entries)
    : null;
}

function isHostOf([key, host]: [string, unknown], isKey: (key: string) => boolean): boolean {
  return isKey(key) && typeof host === 'string' && host !== '';
}

export function parseSeen(kept: Kept): ObservedHost | null {
  const machine = asMachine(asRecord(kept['machine']));
  const threads = asRecord(kept['threads']);
  if (machine === null || threads === null) return null;
  const entries = Object.entries(threads).map(([id, times]) => [id, asTimes(times)] as const);
  return entries.every((entry): entry is readonly [string, ObservedThread] => isSeen(entry))
    ? { machine, threads: Object.fromEntries(entries) }
    : null;
}

function isSeen([id, times]: readonly [string, ObservedThread | null]): boolean {
  return UUID.test(id) && times !== null;
}

function asTimes(value: unknown): ObservedThread | null {
  const [first, last] = Array.isArray(value) ? (value as unknown[]) : [];
  const firstMs = Date.parse(String(first));
  const lastMs = Date.parse(String(last));
  return Number.isNaN(firstMs) || Number.isNaN(lastMs) ? null : { firstMs, lastMs };
}

function asMachine(kept: Kept | null): MachineIdentity | null {
  const { hostname, machine, system, user } = kept ?? {};
  const isIdentity =
    typeof hostname === 'string' &&
    hostname !== '' &&
    (machine === null || typeof machine === 'string') &&
    typeof user === 'string' &&
    (system === 'linux' || system === 'darwin' || system === 'win32' || system === 'unknown');
  return isIdentity ? { hostname, machine, system, user } : null;
}

export function writeRemembering(remember: boolean): string {
  return format({ remember });
}

export function writePins({ threads, projects }: HostPins): string {
  return format({ threads, projects });
}

export function writeSeen({ machine, threads }: ObservedHost): string {
  const times = Object.entries(threads).map(([id, { firstMs, lastMs }]) => [
    id,
    [new Date(firstMs).toISOString(), new Date(lastMs).toISOString()],
  ]);
  return format({ machine, threads: Object.fromEntries(times) as unknown });
}

function format(kept: object): string {
  return `${JSON.stringify({ schemaVersion: 1, ...kept }, null, 1)}\n`;
}
