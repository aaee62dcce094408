// World → Snapshot. Asks every source, never throws, and writes down what it could not see.

import type { Database, DatabaseTrouble, StateDatabase } from '../model/database.ts';
import type { Gap } from '../model/gap.ts';
import type { Config, Home, Snapshot } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import type { Trouble, World } from '../world.ts';
import { readConfig } from './config.ts';
import { readDatabaseImage } from './databaseImage.ts';
import { joinThreads } from './joinThreads.ts';
import { databaseFamily } from './layout.ts';
import { readRollouts } from './rollouts.ts';
import { readInstallationId, readNames } from './sidecars.ts';
import {
  BACKFILL_QUESTION,
  readBackfill,
  readKept,
  readRows,
  THREAD_COLUMNS_QUESTION,
  threadsQuestion,
} from './stateDatabase.ts';

export interface ScanRequest {
  readonly home: FilePath | null;
  readonly sqliteHome: FilePath | null;
  readonly codex: FilePath | null;
  readonly full: boolean;
}

const SMALL_FILE_BYTES = 16 * 1024 * 1024;
const DATABASE_BYTES = 1024 * 1024 * 1024;

export async function takeSnapshot(world: World, request: ScanRequest): Promise<Snapshot> {
  const gaps: Gap[] = [];
  const takenAtMs = world.now();
  const path = homePath(world, request);
  const config = await lookAtConfig(world, path, gaps);
  const home = await lookAtHome(world, path, config, request);
  const [state, rollouts, names, codexes] = await Promise.all([
    lookAtState(world, home, gaps),
    readRollouts(world, path, gaps),
    lookAtNames(world, path, gaps),
    world.codexes.find(request.codex),
  ]);
  if (!codexes.ok)
    gaps.push({ source: 'codexes', path: null, why: codexes.trouble.why, extent: 'all' });
  return {
    takenAtMs,
    depth: request.full ? 'whole' : 'ends',
    home,
    config,
    codexes: codexes.ok ? codexes.value : [],
    databases: state.databases,
    state: state.state,
    otherStates: [],
    history: null,
    rollouts,
    names,
    threads: joinThreads(state.state?.rows ?? [], rollouts, names),
    paths: {},
    desktop: null,
    holders: [],
    gaps,
  };
}

function homePath(world: World, request: ScanRequest): FilePath {
  const { machine } = world;
  return (
    request.home ?? machine.environment['CODEX_HOME'] ?? machine.join(machine.userHome, '.codex')
  );
}

async function lookAtConfig(world: World, home: FilePath, gaps: Gap[]): Promise<Config> {
  const file = world.machine.join(home, 'config.toml');
  const read = await world.files.whole(file, SMALL_FILE_BYTES);
  if (!read.ok && read.trouble.code !== 'missing')
    gaps.push({ source: 'config', path: file, why: read.trouble.why, extent: 'all' });
  const config = readConfig(file, read);
  if (config.state === 'broken')
    gaps.push({ source: 'config', path: file, why: 'it is not valid TOML', extent: 'all' });
  return config;
}

async function lookAtHome(
  world: World,
  path: FilePath,
  config: Config,
  request: ScanRequest,
): Promise<Home> {
  const fromEnvironment = world.machine.environment['CODEX_SQLITE_HOME'] ?? null;
  const installation = await world.files.whole(
    world.machine.join(path, 'installation_id'),
    SMALL_FILE_BYTES,
  );
  return {
    key: world.hash(path).slice(0, 8),
    path,
    sqliteHome: request.sqliteHome ?? fromEnvironment ?? config.sqliteHome ?? path,
    sqliteHomeFrom:
      request.sqliteHome !== null
        ? 'option'
        : fromEnvironment !== null
          ? 'environment'
          : config.sqliteHome !== null
            ? 'config'
            : 'home',
    hostname: world.machine.hostname,
    system: world.machine.system,
    filesystem: await world.files.filesystem(path),
    installationId: installation.ok ? readInstallationId(installation.value) : null,
  };
}

async function lookAtState(
  world: World,
  home: Home,
  gaps: Gap[],
): Promise<{ databases: readonly Database[]; state: StateDatabase | null }> {
  const name = 'state_5.sqlite';
  const file = world.machine.join(home.sqliteHome, name);
  const image = await readDatabaseImage(world.files, () => world.now(), file, DATABASE_BYTES);
  if (!image.ok) {
    if (image.trouble.code !== 'missing')
      gaps.push({ source: 'state-database', path: file, why: image.trouble.why, extent: 'all' });
    return { databases: [], state: null };
  }
  const database: Database = {
    key: name,
    file,
    name,
    family: databaseFamily(name),
    bytes: image.value.mainBytes,
    walBytes: image.value.walBytes,
    modifiedMs: 0,
    header: null,
    trouble: null,
    filesystem: home.filesystem,
    migrations: null,
  };
  const asked = await world.databases.ask(image.value.bytes, [
    THREAD_COLUMNS_QUESTION,
    BACKFILL_QUESTION,
  ]);
  const columns = asked.ok && asked.value[0]?.ok ? asked.value[0].rows.map(([c]) => String(c)) : [];
  const rows =
    columns.length === 0
      ? null
      : await world.databases.ask(image.value.bytes, [threadsQuestion(columns)]);
  if (!asked.ok || rows === null || !rows.ok || !rows.value[0]?.ok) {
    const trouble: DatabaseTrouble = {
      kind: 'damaged',
      why: asked.ok ? 'it has no threads' : asked.trouble.why,
    };
    gaps.push({ source: 'state-database', path: file, why: trouble.why, extent: 'all' });
    return { databases: [{ ...database, trouble }], state: null };
  }
  const read = readRows(rows.value[0]);
  return {
    databases: [database],
    state: {
      database,
      columns,
      rows: read,
      backfill: asked.value[1] === undefined ? null : readBackfill(asked.value[1]),
      kept: readKept(read),
    },
  };
}

async function lookAtNames(
  world: World,
  home: FilePath,
  gaps: Gap[],
): Promise<Record<string, string>> {
  const file = world.machine.join(home, 'session_index.jsonl');
  const read = await world.files.whole(file, SMALL_FILE_BYTES);
  if (read.ok) return readNames(read.value);
  if (isTrouble(read.trouble))
    gaps.push({ source: 'names', path: file, why: read.trouble.why, extent: 'all' });
  return {};
}

function isTrouble(trouble: Trouble): boolean {
  return trouble.code !== 'missing';
}
