// What fills a home: by kind, by project and year, the biggest threads, and what compressing would free.
// It looks only. Every file counts once, whatever it is called, with the room that it takes on disk.

import type { FilePath, ThreadId } from '../model/words.ts';
import type { Report } from '../model/report.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { lookAtAll, TREES, type Entry } from './diskEntries.ts';
import { sampleCompression, type Compressible } from './sampleCompression.ts';
import type { MeasuredEntry, World } from '../world.ts';

export interface DiskUse {
  readonly total: Room;
  /** The largest first. */
  readonly kinds: readonly (Room & { readonly kind: Kind })[];
  readonly databases: readonly DatabaseRoom[];
  readonly projects: readonly ProjectRoom[];
  readonly biggest: readonly BigThread[];
  /** What none of the kinds is, by its name in the home. */
  readonly others: readonly (Room & { readonly name: string })[];
  /** Of what was counted: parts of the home that lie outside it. */
  readonly elsewhere: readonly (Room & { readonly path: FilePath; readonly to: FilePath })[];
  /** Further names of files that were counted under another one. */
  readonly secondNames: number;
  /** And those that are compressed already. */
  readonly compression: Compressible & { readonly compressed: Room };
  readonly gaps: readonly { readonly path: FilePath; readonly why: string }[];
}

export interface Room {
  readonly files: number;
  /** What they take on disk. */
  readonly allocated: number;
  /** What they come to when they are read: more where a file has holes. */
  readonly bytes: number;
}

export type Kind =
  | 'active'
  | 'active-compressed'
  | 'archived'
  | 'archived-compressed'
  | 'databases'
  | 'logs'
  | 'database-backups'
  | 'vault'
  | 'temporary'
  | 'packages'
  | 'other';

export interface DatabaseRoom {
  readonly file: FilePath;
  readonly name: string;
  readonly allocated: number;
  /** Of that, what is in its write-ahead log. */
  readonly walAllocated: number;
}

export interface ProjectRoom extends Room {
  /** Empty for conversations that belong to no thread that is known. */
  readonly project: FilePath;
  readonly threads: number;
  /** By the year in which a conversation was begun. */
  readonly years: Readonly<Record<string, Room>>;
}

export interface BigThread extends Room {
  readonly thread: ThreadId;
  readonly title: string;
  readonly project: FilePath;
  readonly archived: boolean;
  /** What is in it, when every line was read. */
  readonly fills: { readonly compactionBytes: number; readonly imageBytes: number } | null;
}

const BIGGEST = 10;

export async function measureDisk(world: World, report: Report): Promise<DiskUse> {
  const { snapshot } = report;
  const seen = await lookAtAll(world, snapshot);
  const { counted, secondNames } = countOnce(seen.entries);
  const rooms = new Map(counted.map(entry => [entry.file, entry]));
  const roomsOf = (rollouts: readonly Rollout[]) =>
    roomOf(rollouts.flatMap(({ file }) => rooms.get(file) ?? []));
  return {
    total: roomOf(counted),
    kinds: grouped(counted, ({ kind }) => kind).map(([kind, entries]) => ({
      kind,
      ...roomOf(entries),
    })),
    databases: databaseRooms(counted),
    projects: projectRooms(snapshot, rooms),
    biggest: biggestThreads(snapshot, roomsOf),
    others: grouped(
      counted.filter(({ kind }) => kind === 'other'),
      ({ top }) => top,
    ).map(([name, entries]) => ({ name, ...roomOf(entries) })),
    elsewhere: seen.elsewhere.map(({ path, to }) => ({
      path,
      to,
      ...roomOf(counted.filter(entry => entry.from === path)),
    })),
    secondNames,
    compression: {
      ...(await sampleCompression(world, snapshot)),
      compressed: roomsOf(snapshot.rollouts.filter(({ compressed }) => compressed)),
    },
    gaps: seen.gaps,
  };
}

interface Counted extends Omit<Entry, 'kind'> {
  readonly kind: Kind;
}

/** A file with several names takes its room once: under that of a conversation where it has one. */
function countOnce(entries: readonly Entry[]) {
  const known = new Set<string>();
  const counted: Counted[] = [];
  const kinds = entries.map((entry): Counted => ({ ...entry, kind: kindOf(entry) }));
  const isConversation = ({ kind }: Counted) =>
    kind.startsWith('active') || kind.startsWith('archived');
  const ordered = [
    ...kinds.filter(isConversation),
    ...kinds.filter(entry => !isConversation(entry)),
  ];
  for (const entry of ordered) {
    if (!known.has(entry.identity)) counted.push(entry);
    known.add(entry.identity);
  }
  return { counted, secondNames: ordered.length - counted.length };
}

const ROLLOUT = /(?:^|\/)rollout-[^/]*\.jsonl(\.zst)?$/;
const KINDS: Readonly<Record<string, Kind>> = {
  'session-health': 'vault',
  'db-backups': 'database-backups',
  log: 'logs',
  'codex-tui.log': 'logs',
  '.tmp': 'temporary',
  tmp: 'temporary',
  packages: 'packages',
  plugins: 'packages',
  skills: 'packages',
  cache: 'packages',
};

function kindOf({ path, top, isDatabase }: Entry): Kind {
  const rollout = TREES.includes(top) ? ROLLOUT.exec(path) : null;
  if (rollout !== null) {
    const isPacked = rollout[1] !== undefined;
    if (top === 'sessions') return isPacked ? 'active-compressed' : 'active';
    return isPacked ? 'archived-compressed' : 'archived';
  }
  if (isDatabase) return 'databases';
  return KINDS[top] ?? 'other';
}

function databaseRooms(entries: readonly Counted[]): readonly DatabaseRoom[] {
  const parts = entries.filter(({ kind }) => kind === 'databases');
  const mainOf = ({ file }: Counted) => file.replace(/-(?:wal|shm|journal)$/, '');
  return grouped(parts, mainOf).map(([file, group]) => ({
    file,
    name: file.slice(file.search(/[^/\\]*$/)),
    allocated: roomOf(group).allocated,
    walAllocated: roomOf(group.filter(part => part.file.endsWith('-wal'))).allocated,
  }));
}

function projectRooms(
  { rollouts, threads }: Snapshot,
  rooms: ReadonlyMap<FilePath, Counted>,
): readonly ProjectRoom[] {
  const owner = new Map(
    threads.flatMap(thread => thread.files.map(({ file }) => [file, thread] as const)),
  );
  const placed = rollouts.flatMap(rollout => {
    const entry = rooms.get(rollout.file);
    if (entry === undefined) return [];
    const thread = owner.get(rollout.file);
    const year = rollout.name?.stamp.slice(0, 4) ?? yearOf(rollout.modifiedMs);
    return [{ ...entry, year, thread: thread?.id ?? null, project: thread?.project ?? '' }];
  });
  return grouped(placed, ({ project }) => project).map(([project, entries]) => ({
    project,
    threads: new Set(entries.flatMap(({ thread }) => thread ?? [])).size,
    ...roomOf(entries),
    years: Object.fromEntries(
      grouped(entries, ({ year }) => year)
        .map(([year, group]) => [year, roomOf(group)] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    ),
  }));
}

function yearOf(milliseconds: number): string {
  return Math.abs(milliseconds) <= 8.64e15
    ? new Date(milliseconds).toISOString().slice(0, 4)
    : 'unknown';
}

function biggestThreads(
  { threads }: Snapshot,
  roomsOf: (rollouts: readonly Rollout[]) => Room,
): readonly BigThread[] {
  return threads
    .map(thread => ({ thread, room: roomsOf(thread.files) }))
    .filter(({ room }) => room.files > 0)
    .sort((one, other) => other.room.allocated - one.room.allocated)
    .slice(0, BIGGEST)
    .map(({ thread: { id, title, project, archived, files }, room }) => {
      const bodies = files.flatMap(({ body }) => body ?? []);
      const sum = (of: 'compactionBytes' | 'imageBytes') =>
        bodies.reduce((all, body) => all + body[of], 0);
      const fills =
        bodies.length < files.length
          ? null
          : { compactionBytes: sum('compactionBytes'), imageBytes: sum('imageBytes') };
      return { thread: id, title, project, archived, ...room, fills };
    });
}

function roomOf(entries: readonly Pick<MeasuredEntry, 'bytes' | 'allocated'>[]): Room {
  let [allocated, bytes] = [0, 0];
  for (const entry of entries) {
    allocated += entry.allocated;
    bytes += entry.bytes;
  }
  return { files: entries.length, allocated, bytes };
}

/** The largest first. */
function grouped<T extends Pick<MeasuredEntry, 'bytes' | 'allocated'>, K extends string>(
  entries: readonly T[],
  keyOf: (entry: T) => K,
): readonly (readonly [K, readonly T[]])[] {
  const groups = new Map<K, T[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups]
    .map(([key, group]) => [key, group, roomOf(group).allocated] as const)
    .sort((one, other) => other[2] - one[2])
    .map(([key, group]) => [key, group] as const);
}
