// What a scan that stands keeps between two looks, and what it has heard of changes since the last one.

import type { Row } from '../model/database.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Home } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import type { FileState, Holders, Read, Watch, World } from '../world.ts';
import { Changes } from './changes.ts';
import { StandingLogs } from './codexLog.ts';
import { placesHeld } from './databasePlaces.ts';
import type { KnownLocks } from './databases/lockedDatabases.ts';
import { StandingDatabases } from './databases/standingDatabases.ts';
import { StandingRollouts } from './rollouts/standingRollouts.ts';
import { SMALL_FILES, WRITER_LOCKS, watchedPlaces } from './watchedPlaces.ts';

/** Who has files open tells no one when he closes them, and to find out takes a look at every program. */
const HOLDERS_MS = 5000;
/** When more than these have changed, it is as quick to look at everything. */
const MOST_PATHS = 10_000;

export class Standing {
  databases = new StandingDatabases();
  readonly rollouts = new StandingRollouts();
  logs = new StandingLogs();
  readonly locks: KnownLocks = new Map();
  /** Since the last look. */
  changes = new Changes(null);
  earlier: EarlierThreads | null = null;
  readonly #world: World;
  readonly #notice: () => void;
  readonly #small = new Map<FilePath, { readonly seen: string; readonly made: unknown }>();
  /** Null: anything may have changed. */
  #heard: Set<FilePath> | null = null;
  #isClosed = false;
  #watched: { readonly what: string; readonly watch: Watch } | null = null;
  #holders: { readonly atMs: number; readonly answer: Read<Holders> } | null = null;

  constructor(world: World, notice: () => void) {
    this.#world = world;
    this.#notice = notice;
  }

  /** Whatever changes from now on is for the next look. */
  begin(isAnew: boolean): void {
    this.changes = new Changes(isAnew || this.#heard === null ? null : [...this.#heard]);
    this.#heard = new Set();
  }

  /** Nothing is believed of a look that has failed, or of one in which the home was gone. */
  fail(): void {
    this.#heard = null;
  }

  /**
   * The home that this look is about, before anything else in it is read. False when it has only been
   * watched from now on: what was read of it before may be no longer so. Nothing is asked of one that does
   * not answer.
   */
  async at(home: Home, answers: boolean): Promise<boolean> {
    const linked = answers ? await this.#linked(home) : [];
    const what = JSON.stringify([home, linked]);
    const isWatched = this.#watched?.what === what;
    if (!isWatched || this.changes.isEverything) this.#forget();
    if (isWatched || this.#isClosed) return true;
    this.#watched?.watch.close();
    const places = watchedPlaces(this.#world.machine, home, linked);
    const watch = this.#world.watching.watch(places, paths => this.#hear(paths));
    this.#watched = { what, watch };
    await watch.ready;
    return false;
  }

  /** People keep their settings together, and have links to them. */
  async #linked({ path }: Home): Promise<readonly FilePath[]> {
    const { files, machine } = this.#world;
    const linked: FilePath[] = [];
    for (const name of SMALL_FILES) {
      const file = machine.join(path, name);
      const real = await files.realPath(file);
      if (real !== file) linked.push(real);
    }
    return linked;
  }

  #forget(): void {
    this.changes = new Changes(null);
    this.databases = new StandingDatabases();
    this.rollouts.forget();
    this.logs = new StandingLogs();
    this.locks.clear();
    this.#small.clear();
    this.#holders = null;
    this.earlier = null;
  }

  get isWatching(): boolean {
    return this.#watched !== null;
  }

  /** What was made of a small file, when it has not changed since: also one to which only a link leads. */
  recall<T>(file: FilePath, state: Read<FileState>): { readonly value: T } | undefined {
    if (this.changes.touch(file)) this.#small.delete(file);
    const known = this.#small.get(file);
    return known?.seen === JSON.stringify(state) ? { value: known.made as T } : undefined;
  }

  /** `state`: how it was before it was read. */
  remember(file: FilePath, state: Read<FileState>, made: unknown): void {
    this.#small.set(file, { seen: JSON.stringify(state), made });
  }

  keepThreads(list: readonly Thread[], made: Omit<EarlierThreads, 'threads' | 'list'>): void {
    const isSame = list === this.earlier?.list;
    const threads = isSame ? this.earlier?.threads : null;
    this.earlier = { ...made, list, threads: threads ?? new Map(list.map(one => [one.id, one])) };
  }

  async holders(home: Home): Promise<Read<Holders>> {
    const { machine, processes } = this.#world;
    const atMs = this.#world.now();
    const locks = this.changes.below(machine.join(home.path, WRITER_LOCKS));
    // Clocks are set back now and then.
    const isOld = Math.abs(atMs - (this.#holders?.atMs ?? -Infinity)) >= HOLDERS_MS;
    if (!isOld && locks?.length === 0 && this.#holders !== null) return this.#holders.answer;
    const answer = await processes.holders(placesHeld(home, machine));
    this.#holders = { atMs, answer };
    return answer;
  }

  close(): void {
    this.#isClosed = true;
    this.#watched?.watch.close();
    this.#watched = null;
  }

  #hear(paths: readonly FilePath[] | null): void {
    if (paths === null || (this.#heard?.size ?? 0) > MOST_PATHS) this.#heard = null;
    else for (const path of paths) this.#heard?.add(path);
    this.#notice();
  }
}

/** Threads of the last look, and what they were made of. */
export interface EarlierThreads {
  readonly list: readonly Thread[];
  readonly threads: ReadonlyMap<ThreadId, Thread>;
  readonly rows: readonly Row[];
  readonly rollouts: readonly Rollout[];
  readonly names: Readonly<Record<ThreadId, string>>;
}
