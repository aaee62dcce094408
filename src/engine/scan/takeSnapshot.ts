// World → Snapshot. Asks every source, never throws, and writes down what it could not see.

import type { Gap, Source } from '../model/gap.ts';
import type { HostSight } from '../model/host.ts';
import type { Config, Home, PathState, Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { FilePath } from '../model/words.ts';
import type { World } from '../world.ts';
import { readConfig } from './config/config.ts';
import { lookAtDatabases, NO_DATABASES, readMigrations } from './databases/databases.ts';
import { readHostKnowledge } from './hostKnowledge.ts';
import { joinThreads } from './joinThreads.ts';
import { ROLLOUT_PLACES } from './layout.ts';
import { readRollouts } from './rollouts/rollouts.ts';
import type { Standing } from './standing.ts';
import { readDesktopState, readInstallationId, readNames } from './sidecars.ts';

export interface ScanRequest {
  readonly home: FilePath | null;
  readonly sqliteHome: FilePath | null;
  readonly codex: FilePath | null;
  /** Reads every line of every rollout. */
  readonly full: boolean;
  /** What was seen of other hosts. */
  readonly hosts?: readonly HostSight[];
  /** Told now and then how far the scan has come. */
  readonly progress?: (done: number, total: number, what: string) => void;
}

const SMALL_FILE_BYTES = 64 * 1024 * 1024;

/** With `standing`, only what has changed since the last look is read: what is said is the same. */
export async function takeSnapshot(
  world: World,
  request: ScanRequest,
  standing: Standing | null = null,
): Promise<Snapshot> {
  const takenAtMs = world.now();
  const { look, gaps, path, home, config } = await findHome(world, request, standing);
  const [databases, rollouts, names, desktop, codexes, holders] = await Promise.all([
    look.atDatabases(home),
    look.atRollouts(home, request),
    look.atNames(path),
    look.atDesktop(path),
    world.codexes.find(request.codex, file => readMigrations(world, file)),
    standing?.holders(home) ?? world.processes.holders([path, home.sqliteHome]),
  ]);
  if (!codexes.ok) look.note('codexes', null, codexes.trouble.why);
  if (!holders.ok) look.note('processes', null, holders.trouble.why);
  else look.noteUnreadable(holders.value.unreadable);
  const rows = databases.state?.rows ?? [];
  const threads = joinThreads(rows, rollouts, names, home, standing?.earlier ?? null);
  standing?.keepThreads(threads, { rows, rollouts, names });
  const seen = { home, databases: databases.databases, threads, sights: request.hosts ?? [] };
  const hosts = await readHostKnowledge(world, seen, gaps, standing?.log);
  return {
    takenAtMs,
    depth: request.full ? 'whole' : 'ends',
    home,
    config,
    codexes: codexes.ok ? codexes.value : [],
    ...databases,
    rollouts,
    names,
    threads,
    paths: await look.atPaths(threads),
    desktop,
    holders: holders.ok ? holders.value.holders : [],
    hosts,
    gaps: inOrder(gaps),
  };
}

/** Sources answer side by side; what is said of them does not depend on which was first. */
function inOrder(gaps: readonly Gap[]): readonly Gap[] {
  return [...gaps].sort(
    (one, other) => SOURCES.indexOf(one.source) - SOURCES.indexOf(other.source),
  );
}

/** Where the home is, as its own config.toml says; and, with `standing`, that it is watched. */
async function findHome(world: World, request: ScanRequest, standing: Standing | null) {
  for (;;) {
    const gaps: Gap[] = [];
    const look = new Look(world, gaps, standing);
    const given = homePath(world, request);
    if (standing?.isWatching !== true) world.protect(given);
    const isThere = await look.canReach(given, EVERYTHING);
    // Codex itself writes paths below the home without links.
    const path = isThere ? await world.files.realPath(given) : given;
    if (isThere) await look.noteMissing(path);
    const config = await look.atConfig(path, isThere);
    const home = await look.atHome(given, path, config, request, isThere);
    if (standing?.isWatching !== true) world.protect(home.sqliteHome);
    // Once it is watched, it is looked at again: it may have changed before.
    if (standing === null || (await standing.at(home))) return { look, gaps, path, home, config };
  }
}

/** All that lies in the home: what is not seen when the home does not answer. */
const EVERYTHING: readonly Source[] = [
  'home',
  'config',
  'rollouts-active',
  'rollouts-archived',
  'state-database',
  'other-databases',
  'names',
  'desktop-state',
];

const SOURCES: readonly Source[] = [
  ...EVERYTHING,
  ...(['rollout-bodies', 'folders', 'codexes', 'processes', 'hosts'] as const),
];

/** One look at one home: asks the world, and notes what it could not see. */
class Look {
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
  async canReach(path: FilePath, sources: readonly Source[]): Promise<boolean> {
    if (!(await this.#world.files.mayHang(path))) return true;
    const answers = await this.#world.outside.look([path]);
    if (answers.get(path) !== 'unknown') return true;
    for (const source of sources) {
      this.#silent.add(source);
      this.note(source, path, 'it did not answer within a second');
    }
    return false;
  }

  /** A Codex of another account may hold the home, and its open files cannot be seen. */
  noteUnreadable(programs: readonly { readonly pid: number; readonly program: string }[]): void {
    const codex = programs.find(({ program }) => /codex/i.test(program));
    if (codex === undefined) return;
    const why = `the open files of ${codex.program} (process ${String(codex.pid)}) belong to another account`;
    this.note('processes', null, why, 'part');
  }

  async noteMissing(home: FilePath): Promise<void> {
    const state = await this.#world.files.stat(home);
    if (state.ok && state.value.kind === 'folder') return;
    const why = state.ok ? 'it is not a folder' : state.trouble.why;
    this.note('home', home, why);
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
    const fromEnvironment = machine.environment['CODEX_SQLITE_HOME'] ?? '';
    const [sqliteHome, sqliteHomeFrom] =
      request.sqliteHome !== null
        ? ([request.sqliteHome, 'option'] as const)
        : fromEnvironment !== ''
          ? ([fromEnvironment, 'environment'] as const)
          : config.sqliteHome !== null
            ? ([machine.absolute(config.sqliteHome), 'config'] as const)
            : ([path, 'home'] as const);
    if (isThere && sqliteHomeFrom === 'home' && config.state === 'unread')
      for (const source of ['state-database', 'other-databases'] as const)
        this.note(source, config.file, 'it may name another place for them, and cannot be read');
    const installation = isThere
      ? await files.whole(machine.join(path, 'installation_id'), SMALL_FILE_BYTES)
      : null;
    return {
      key: hash(path).slice(0, 8),
      path,
      aliases: isThere ? await this.#aliases(given, path) : [],
      sqliteHome,
      sqliteHomeFrom,
      hostname: machine.hostname,
      system: machine.system,
      filesystem: await files.filesystem(path),
      installationId: installation?.ok === true ? readInstallationId(installation.value) : null,
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
    return lookAtDatabases(this.#world, home, this.#gaps, this.#standing?.databases);
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
    const wanted = new Set<FilePath>();
    for (const { row, own, bound } of threads) {
      const { meta } = own?.head ?? { meta: null };
      for (const path of [row?.cwd, meta?.cwd, own?.tail.latestCwd, own?.tail.settings?.cwd])
        if (path != null && this.#world.machine.isAbsolute(path)) wanted.add(path);
      if (row !== null && bound === null && this.#world.machine.isAbsolute(row.rolloutPath))
        wanted.add(row.rolloutPath);
    }
    if (wanted.size === 0) return {};
    const answers = await this.#world.outside.look([...wanted]);
    const silent = [...wanted].filter(path => (answers.get(path) ?? 'unknown') === 'unknown');
    if (silent[0] !== undefined)
      this.note('folders', silent[0], 'it did not answer, or may not be looked at', 'part');
    return Object.fromEntries([...wanted].map(path => [path, answers.get(path) ?? 'unknown']));
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

function homePath(world: World, request: ScanRequest): FilePath {
  const { machine } = world;
  const fromEnvironment = machine.environment['CODEX_HOME'] ?? '';
  if (request.home !== null) return machine.absolute(request.home);
  return fromEnvironment !== ''
    ? machine.absolute(fromEnvironment)
    : machine.join(machine.userHome, '.codex');
}
