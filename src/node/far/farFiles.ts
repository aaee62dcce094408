// Files, wherever they lie. Those on a local disk are read right here; those on one that may hang, by a process that
// can be left behind. Which they are is learnt when somebody asks of a place whether it may hang, as a scan does
// before it touches anything there: where nobody found such a place, nothing is looked up and nothing started.

import path from 'node:path';
import type { Files, Read } from '../../engine/world.ts';
import { createFiles } from '../files.ts';
import { troubleOf } from '../reading.ts';
import { filesystemOf, mayHang } from '../filesystems.ts';
import type { HelperProgram } from '../helperProcess.ts';
import { createFarDisk, SILENT, SILENT_MS, type FarDisk } from './farDisk.ts';
import { startReader, type Visit } from './reader.ts';
import type { FarMethod } from './words.ts';

export interface FarFiles extends Files {
  /** Whether a process apart reads what is at this path. */
  isFar(file: string): boolean;
  /** Whether this is a process that reads for us, or was left behind. */
  readonly isReader: (pid: number) => boolean;
  /** Ends the processes. */
  end(): void;
}

export function createFarFiles(program: HelperProgram, silentMs = SILENT_MS): FarFiles {
  const near = createFiles();
  const readers = new Set<number>();
  const disks = new Map<string, FarDisk>();
  /** Null: a local disk in a place that is otherwise far. */
  const places = new Map<string, Files | null>();
  const filesBelow = (mountPoint: string): Files => {
    const disk =
      disks.get(mountPoint) ?? createFarDisk(() => startReader(program, silentMs, readers));
    disks.set(mountPoint, disk);
    return filesOn(disk, near);
  };
  const farAt = (file: string) => (places.size === 0 ? null : nearestAbove(file, places));
  const at = (file: string) => farAt(file) ?? near;
  return {
    isReader: pid => readers.has(pid),
    isFar: file => farAt(file) !== null,
    end: () => disks.forEach(disk => disk.end()),
    stat: file => at(file).stat(file),
    list: folder => at(folder).list(folder),
    tree: root => at(root).tree(root),
    ends: (file, headBytes, tailBytes, room) => at(file).ends(file, headBytes, tailBytes, room),
    range: (file, offset, length) => at(file).range(file, offset, length),
    whole: (file, maxBytes) => at(file).whole(file, maxBytes),
    stream: (file, visit) => at(file).stream(file, visit),
    digest: file => at(file).digest(file),
    measure: root => at(root).measure(root),
    packedSize: (file, atMost) => at(file).packedSize(file, atMost),
    realPath: file => at(file).realPath(file),
    readLink: file => at(file).readLink(file),
    filesystem: near.filesystem,
    pause: near.pause,
    mayHang: async file => {
      const filesystem = await filesystemOf(file);
      const hangs = filesystem === null || mayHang(filesystem);
      const place = path.resolve(file);
      if (hangs) {
        const files = filesBelow(filesystem?.mountPoint ?? path.parse(place).root);
        places.set(place, files);
        // Also by the path without links, which is asked for next.
        if (filesystem !== null) places.set(filesystem.mountPoint, files);
      } else if (places.size > 0) places.set(place, null);
      return hangs;
    },
  };
}

/** What is known of the longest path at or above this one. */
function nearestAbove<T>(file: string, places: ReadonlyMap<string, T | null>): T | null {
  let best = '';
  for (const place of places.keys())
    if (place.length > best.length && isAtOrBelow(file, place)) best = place;
  return places.get(best) ?? null;
}

function isAtOrBelow(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/** `near` knows what to say of what its callers did, and which Node this is. */
export function filesOn(disk: FarDisk, near: Files): Files {
  const ask = async <T>(method: FarMethod, args: readonly unknown[], otherwise: T): Promise<T> => {
    const heard = await disk.ask({ method, args });
    return heard === null ? otherwise : (heard.value as T);
  };
  const read = <T>(method: FarMethod, ...args: readonly unknown[]) =>
    ask<Read<T>>(method, args, { ok: false, trouble: SILENT });
  return {
    ...near,
    stat: file => read('stat', file),
    list: folder => read('list', folder),
    tree: root => read('tree', root),
    ends: (file, headBytes, tailBytes) => read('ends', file, headBytes, tailBytes),
    range: (file, offset, length) => read('range', file, offset, length),
    whole: (file, maxBytes) => read('whole', file, maxBytes),
    stream: (file, visit) => streamFrom(disk, file, visit),
    digest: file => read('digest', file),
    measure: root => read('measure', root),
    packedSize: (file, atMost) => read('packedSize', file, atMost),
    realPath: file => ask('realPath', [file], file),
    readLink: file => read('readLink', file),
  };
}

async function streamFrom(disk: FarDisk, file: string, visit: Visit): Promise<Read<void>> {
  let thrown: { readonly error: unknown } | null = null;
  const heard = await disk.ask({ method: 'stream', args: [file] }, piece => {
    try {
      return visit(piece);
    } catch (error) {
      thrown = { error };
      return 'stop';
    }
  });
  if (heard === null) return { ok: false, trouble: SILENT };
  // TypeScript does not see that the visit may have set it.
  const failure = thrown as { readonly error: unknown } | null;
  if (failure !== null) return { ok: false, trouble: troubleOf(failure.error) };
  return heard.value as Read<void>;
}
