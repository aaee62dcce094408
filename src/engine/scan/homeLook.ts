// One look at one home: asks the world for each thing that lies in it, and notes what it could not see.

import type { Gap, Source } from '../model/gap.ts';
import type { Config, Home, PathState, Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { FilePath } from '../model/words.ts';
import type { Read, World } from '../world.ts';
import { readConfig } from './config/config.ts';
import { databasePlaces } from './databasePlaces.ts';
import { lookAtDatabases, NO_DATABASES } from './databases/databases.ts';
import { ROLLOUT_PLACES } from './layout.ts';
import { readRollouts } from './rollouts/rollouts.ts';
import type { Standing } from './standing.ts';
import { readDesktopState, readInstallationId, readNames } from './sidecars.ts';
import { readStrays } from './strays.ts';
import type { ScanRequest } from './takeSnapshot.ts';

const PERSONALITY_MARK = '.personality_migration';
const SMALL_FILE_BYTES = 64 * 1024 * 1024;

/** All that lies in the home: what is not seen when the home does not answer. */
export const EVERYTHING: readonly Source[] = [
  'home',
  'config',
  'rollouts-active',
  'rollouts-archived',
  'state-database',
  'other-databases',
  'names',
  'desktop-state',
];

export class HomeLook {
  readonly #world: World;
  readonly #gaps: Gap[];
  readonly #standing: Standing | null;
  /** Sources that did not answer; whatever would touch them is left alone. */
  readonly #silent = new Set<Source>();

  constructor(world: World, gaps: Gap[], standing: Standing | null) {
    this.#world = world;
    this.#gaps = gaps;
    this.#standing = standing;
  }

  note(source: Source, path: FilePath | null, why: string, extent: Gap['extent'] = 'all'): void {
    this.#gaps.push({ source, path, why, extent });
  }

  /**
   * Whether touching a path is safe: a mount whose server is gone would hold us for ever. A local
   * file system answers; any other is asked by a process that may be left behind.
   */
  async canReach(
    path: FilePath,
    sources: readonly Source[],
    extent: Gap['extent'] = 'all',
  ): Promise<boolean> {
    if (!(await this.#world.files.mayHang(path))) return true;
    const answers = await this.#world.outside.look([path]);
    if (answers.get(path) !== 'unknown') return true;
    for (const source of sources) {
      if (extent === 'all') this.#silent.add(source);
      this.note(source, path, 'it did not answer within a second', extent);
    }
    return false;
  }

  /** Whether it still answers: only what does can be said to be missing. */
  async noteMissing(home: FilePath): Promise<boolean> {
    const state = await this.#world.files.stat(home);
    if (isSilent(state)) {
      this.#noteSilent(home);
      return false;
    }
    if (state.ok && state.value.kind === 'folder') return true;
    this.note('home', home, state.ok ? 'it is not a folder' : state.trouble.why);
    return true;
  }

  #noteSilent(home: FilePath): void {
    for (const source of EVERYTHING) {
      this.#silent.add(source);
      this.note(source, home, 'it stopped answering while it was looked at');
    }
  }

  /**
   * A disk that is taken off in the middle leaves an empty folder, or none: what is missing then was not seen
   * to be missing. Whatever was read of it before is no whole picture either.
   */
  async noteGone({ path, filesystem }: Home): Promise<void> {
    if (this.#gaps.some(({ source }) => source === 'home')) return;
    if (!(await this.canReach(path, EVERYTHING))) return;
    const now = await this.#world.files.filesystem(path);
    const state = await this.#world.files.stat(path);
    const isSame = now?.type === filesystem?.type && now?.mountPoint === filesystem?.mountPoint;
    if (isSame && state.ok && state.value.kind === 'folder') return;
    if (isSilent(state)) return this.#noteSilent(path);
    for (const source of EVERYTHING) this.note(source, path, 'it went away while it was looked at');
  }

  async atConfig(home: FilePath, isThere: boolean): Promise<Config> {
    const file = this.#world.machine.join(home, 'config.toml');
    if (!isThere) return readConfig(file, { ok: false, trouble: { code: 'timeout', why: '' } });
    const read = await this.#world.files.whole(file, SMALL_FILE_BYTES);
    const config = readConfig(file, read);
    if (!read.ok && read.trouble.code !== 'missing') this.note('config', file, read.trouble.why);
    if (read.ok && config.state === 'unread')
      this.note('config', file, 'it is longer than anybody would write it');
    if (config.state === 'broken') this.note('config', file, 'it is not valid TOML', 'part');
    return config;
  }

  async atHome(
    given: FilePath,
    path: FilePath,
    config: Config,
    request: ScanRequest,
    isThere: boolean,
  ): Promise<Home> {
    const { machine, files, hash } = this.#world;
    const places = databasePlaces(machine, path, config, request.sqliteHome);
    if (isThere && places.sqliteHomeFrom !== 'option' && config.state === 'unread')
      for (const source of ['state-database', 'other-databases'] as const)
        this.note(source, config.file, 'it may name another place for them, and cannot be read');
    const installation = isThere
      ? await files.whole(machine.join(path, 'installation_id'), SMALL_FILE_BYTES)
      : null;
    return {
      key: hash(path).slice(0, 8),
      path,
      aliases: isThere ? await this.#aliases(given, path) : [],
      ...places,
      hostname: machine.hostname,
      system: machine.system,
      filesystem: await files.filesystem(path),
      installationId: installation?.ok === true ? readInstallationId(installation.value) : null,
      hasPersonalityMark: isThere && (await files.stat(machine.join(path, PERSONALITY_MARK))).ok,
    };
  }

  async #aliases(given: FilePath, path: FilePath): Promise<Home['aliases']> {
    const places = ROLLOUT_PLACES.map(at => ({ path: this.#world.machine.join(path, at), at }));
    const links = [{ path: given, at: '' }];
    for (const place of places) {
      if (await this.#world.files.mayHang(place.path)) continue;
      const real = await this.#world.files.realPath(place.path);
      if (real !== place.path) links.push({ path: real, at: place.at });
    }
    return links.filter(link => link.path !== path);
  }

  async atDatabases(home: Home) {
    const isInHome = home.sqliteHome === home.path;
    const sources = ['state-database', 'other-databases'] as const;
    if (isInHome && this.#silent.has('home')) return NO_DATABASES;
    if (!isInHome && !(await this.canReach(home.sqliteHome, sources))) return NO_DATABASES;
    const { logDir } = home;
    const hasLog = logDir !== null && (await this.canReach(logDir, ['other-databases'], 'part'));
    const seen = hasLog ? home : { ...home, logDir: null };
    return lookAtDatabases(this.#world, seen, this.#gaps, this.#standing?.databases);
  }

  async atRollouts(home: Home, { full, progress = () => undefined }: ScanRequest) {
    const reachable: (typeof ROLLOUT_PLACES)[number][] = [];
    for (const place of ROLLOUT_PLACES) {
      // The folder can be a link to another disk.
      const source = place === 'sessions' ? 'rollouts-active' : 'rollouts-archived';
      const folder = this.#world.machine.join(home.path, place);
      if (this.#silent.has('home') || !(await this.canReach(folder, [source]))) continue;
      reachable.push(place);
    }
    const wanted = {
      homeKey: home.key,
      home: home.path,
      places: reachable,
      full,
      progress: (done: number, total: number) => progress(done, total, 'rollouts'),
    };
    const standing = this.#standing;
    const { rollouts, changes } = standing ?? {};
    const again =
      rollouts === undefined || changes === undefined
        ? null
        : await rollouts.readAgain(this.#world, wanted, changes, this.#gaps);
    return again ?? readRollouts(this.#world, wanted, this.#gaps, rollouts);
  }

  atNames(home: FilePath): Promise<Record<string, string>> {
    return this.#small('names', home, 'session_index.jsonl', (_, read) =>
      readNames(read ?? new Uint8Array()),
    );
  }

  atDesktop(home: FilePath): Promise<Snapshot['desktop']> {
    return this.#small('desktop-state', home, '.codex-global-state.json', (file, read) =>
      read === null ? null : readDesktopState(file, read),
    );
  }

  /** Directories and files that rows and headers name, and that were not found on the way. */
  async atPaths(threads: readonly Thread[]): Promise<Record<FilePath, PathState>> {
    const named = new Set<FilePath>();
    for (const { row, own, bound } of threads) {
      const { meta } = own?.head ?? { meta: null };
      for (const path of [row?.cwd, meta?.cwd, own?.tail.latestCwd, own?.tail.settings?.cwd])
        if (path != null) named.add(path);
      if (row !== null && bound === null) named.add(row.rolloutPath);
    }
    const wanted = [...named].filter(path => this.#world.machine.isAbsolute(path));
    if (wanted.length === 0) return {};
    const answers = await this.#world.outside.look(wanted);
    const silent = wanted.filter(path => (answers.get(path) ?? 'unknown') === 'unknown');
    if (silent[0] !== undefined)
      this.note('folders', silent[0], 'it did not answer, or may not be looked at', 'part');
    return Object.fromEntries(wanted.map(path => [path, answers.get(path) ?? 'unknown']));
  }

  /** The files to which rows lead in the place of those in the home. */
  async atStrays(threads: readonly Thread[], paths: Snapshot['paths']) {
    const { strays, troubles } = await readStrays(this.#world, threads, paths, this.#standing);
    for (const { file, trouble } of troubles) this.note('folders', file, trouble.why, 'part');
    return strays;
  }

  /** What a small file of the home says; it is read as null where it is not there, or cannot be read. */
  async #small<T>(
    source: Source,
    home: FilePath,
    name: string,
    make: (file: FilePath, read: Uint8Array | null) => T,
  ): Promise<T> {
    const file = this.#world.machine.join(home, name);
    if (this.#silent.has(source)) return make(file, null);
    const state = await this.#world.files.stat(file);
    const known = this.#standing?.recall<T>(file, state);
    if (known !== undefined) return known.value;
    const read = await this.#world.files.whole(file, SMALL_FILE_BYTES);
    const made = make(file, read.ok ? read.value : null);
    if (read.ok || read.trouble.code === 'missing') this.#standing?.remember(file, state, made);
    else this.note(source, file, read.trouble.why);
    return made;
  }
}

function isSilent(read: Read<unknown>): boolean {
  return !read.ok && read.trouble.code === 'timeout';
}
