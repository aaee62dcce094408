// Hears of changes on local disks. Of network disks and of those that may hang nobody tells us what other
// machines do, and touching them might wait for ever: there we say now and then that anything may be new.
//
// Node's recursive watching on Linux watches every single file: fifty thousand rollouts would be fifty
// thousand watches. Here it is one for each folder, and a new folder gets its own when it appears.

import fs from 'node:fs';
import path from 'node:path';
import type { Watch, WatchedPlace, Watching } from '../engine/world.ts';
import { filesystemOf, mayHang } from './filesystems.ts';

export interface WatchingOptions {
  readonly log: (line: string) => void;
  readonly slowMs?: number;
  /** Whether the system itself watches whole trees. */
  readonly hasTrees?: boolean;
  readonly isHearable?: (folder: string) => Promise<boolean>;
  readonly watchFolder?: typeof fs.watch;
}

/** How often something may be new where nobody tells us. */
const SLOW_MS = 60_000;
/** Folders of rollouts are three deep; anything far deeper is not Codex's. */
const MAX_DEPTH = 8;

type Notice = (changed: readonly string[] | null) => void;

export function createWatching(options: WatchingOptions): Watching {
  return {
    watch: (places, notice) => {
      const watch = new NodeWatch(notice, options);
      return { ready: watch.start(places), close: () => watch.close() };
    },
  };
}

class NodeWatch implements Omit<Watch, 'ready'> {
  readonly #notice: Notice;
  readonly #log: (line: string) => void;
  readonly #slowMs: number;
  readonly #hasTrees: boolean;
  readonly #isHearable: (folder: string) => Promise<boolean>;
  readonly #watchFolder: typeof fs.watch;
  /** Those of each place by the folder that they are on: places lie in each other, and come and go alone. */
  readonly #below = new Map<WatchedPlace, Map<string, fs.FSWatcher>>();
  readonly #above = new Map<WatchedPlace, fs.FSWatcher>();
  #slow: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(notice: Notice, options: WatchingOptions) {
    this.#notice = changed => {
      if (!this.#isClosed) notice(changed);
    };
    this.#log = options.log;
    this.#slowMs = options.slowMs ?? SLOW_MS;
    this.#hasTrees = options.hasTrees ?? ['darwin', 'win32'].includes(process.platform);
    this.#isHearable = options.isHearable ?? isOnLocalDisk;
    this.#watchFolder = options.watchFolder ?? fs.watch;
  }

  async start(places: readonly WatchedPlace[]): Promise<void> {
    await Promise.all(places.map(place => this.#watchPlace(place)));
  }

  close(): void {
    this.#isClosed = true;
    if (this.#slow !== null) clearInterval(this.#slow);
    for (const place of this.#below.keys()) this.#dropBelow(place, place.folder);
    for (const watcher of this.#above.values()) watcher.close();
    this.#above.clear();
  }

  /** Also that it comes, goes, or becomes another one: its name is watched in the folder above it. */
  async #watchPlace(place: WatchedPlace): Promise<void> {
    const isHearable =
      (await this.#isHearable(place.folder)) &&
      (await this.#isHearable(path.dirname(place.folder)));
    if (!isHearable) {
      this.#lookSlowly(`${place.folder} is on a disk of which no changes are told`);
      return;
    }
    if (this.#isClosed) return;
    this.#watchAbove(place);
    this.#watchBelow(place, place.folder, 0);
  }

  #watchAbove(place: WatchedPlace): void {
    for (let above = ''; above !== nearestFolder(place.folder);) {
      above = nearestFolder(place.folder);
      const next = path.relative(above, place.folder).split(path.sep)[0];
      this.#above.get(place)?.close();
      this.#above.delete(place);
      const watcher = this.#listen(above, (type, name) => {
        const isIt = name === next || name === path.basename(above);
        if (type === 'rename' && isIt) this.#startOver(place);
      });
      if (watcher !== null) this.#above.set(place, watcher);
    }
  }

  #startOver(place: WatchedPlace): void {
    this.#dropBelow(place, place.folder);
    void this.#watchPlace(place).then(() => this.#notice([place.folder]));
  }

  #watchBelow(place: WatchedPlace, folder: string, depth: number): void {
    const watchers = this.#below.get(place) ?? new Map<string, fs.FSWatcher>();
    this.#below.set(place, watchers);
    if (depth > MAX_DEPTH || watchers.has(folder) || !isFolder(folder, depth === 0)) return;
    const isWhole = place.isTree && this.#hasTrees;
    const { names = () => true } = place;
    const watcher = this.#listen(
      folder,
      (type, name) => {
        if (name === null) return this.#notice([folder]);
        const file = path.join(folder, name);
        // The folder itself was moved or removed.
        if (type === 'rename' && name === path.basename(folder) && !fs.existsSync(file)) {
          if (depth === 0) this.#startOver(place);
          else this.#notice([folder]);
          return;
        }
        if (!place.isTree && !names(name)) return;
        if (type === 'rename' && place.isTree && !isWhole) {
          this.#dropBelow(place, file);
          this.#watchBelow(place, file, depth + 1);
        }
        this.#notice([file]);
      },
      isWhole,
    );
    if (watcher !== null) watchers.set(folder, watcher);
    if (!place.isTree || isWhole) return;
    // After the folder itself, so that none can appear unseen in between.
    for (const inner of foldersIn(folder)) this.#watchBelow(place, inner, depth + 1);
  }

  #listen(
    folder: string,
    hear: (type: string, name: string | null) => void,
    recursive = false,
  ): fs.FSWatcher | null {
    if (this.#isClosed) return null;
    try {
      const watcher = this.#watchFolder(folder, { persistent: false, recursive }, (type, name) =>
        hear(type, name),
      );
      return watcher.on('error', error => this.#giveUp(folder, error));
    } catch (error) {
      this.#giveUp(folder, error);
      return null;
    }
  }

  /** Most often the system's limit of watches is reached. */
  #giveUp(folder: string, error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // What is gone by now is told of by the folder above it.
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    const why = error instanceof Error ? error.message : String(error);
    this.#lookSlowly(`${folder} cannot be watched (${why})`);
  }

  #lookSlowly(why: string): void {
    if (this.#isClosed || this.#slow !== null) return;
    this.#log(`${why}: it is looked at every ${String(this.#slowMs / 1000)} s instead.`);
    this.#slow = setInterval(() => this.#notice(null), this.#slowMs).unref();
  }

  #dropBelow(place: WatchedPlace, folder: string): void {
    const watchers = this.#below.get(place) ?? new Map<string, fs.FSWatcher>();
    for (const [at, watcher] of watchers)
      if (at === folder || at.startsWith(folder + path.sep)) {
        watcher.close();
        watchers.delete(at);
      }
  }
}

async function isOnLocalDisk(folder: string): Promise<boolean> {
  const filesystem = await filesystemOf(folder);
  return filesystem !== null && filesystem.type !== 'unknown' && !mayHang(filesystem);
}

/** The folder above it, or above what of it is not there yet. */
function nearestFolder(folder: string): string {
  let at = path.dirname(folder);
  while (!fs.existsSync(at) && path.dirname(at) !== at) at = path.dirname(at);
  return at;
}

/** Only the place itself may be a link: below it no scan follows any. */
function isFolder(file: string, mayBeLink: boolean): boolean {
  try {
    return (mayBeLink ? fs.statSync : fs.lstatSync)(file).isDirectory();
  } catch {
    // It is not there, or may not be looked at; the scan says which.
    return false;
  }
}

function foldersIn(folder: string): readonly string[] {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => path.join(folder, entry.name));
  } catch {
    // It is gone, or may not be read; the scan says which.
    return [];
  }
}
