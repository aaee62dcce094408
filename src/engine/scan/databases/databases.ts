// Finds the databases of a home and looks at each: the state database as a whole, of all others
// the header, the size, the migrations, and whether they are damaged.

import type { Database, Filesystem, StateDatabase } from '../../model/database.ts';
import type { Gap } from '../../model/gap.ts';
import { parentOf } from '../../model/paths.ts';
import type { Home, ThreadHistory } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import type { LearntMigration, World } from '../../world.ts';
import {
  recallDatabase,
  rememberDatabase,
  signatureOf,
  type DatabaseLook,
  type DatabaseSignature,
} from './databaseMemory.ts';
import { IMAGE_BYTES, lookAtDatabase } from './lookAtDatabase.ts';
import { databaseFamily } from '../layout.ts';
import { MIGRATIONS_QUESTION } from './migrations.ts';
import type { StandingDatabases } from './standingDatabases.ts';

export interface DatabasesLook {
  readonly databases: readonly Database[];
  readonly state: StateDatabase | null;
  readonly otherStates: readonly Database[];
  readonly history: ThreadHistory | null;
}

const DATABASE = /^[a-z_]+(?:_v?\d+)*\.sqlite$/;

type LookAnew = (signature: DatabaseSignature) => Promise<DatabaseLook>;

export const NO_DATABASES: DatabasesLook = {
  databases: [],
  state: null,
  otherStates: [],
  history: null,
};

export async function lookAtDatabases(
  world: World,
  home: Home,
  gaps: Gap[],
  standing: StandingDatabases | null = null,
): Promise<DatabasesLook> {
  const inUse = [
    ...(await findDatabases(world, home.sqliteHome, gaps)),
    ...(await findLogsApart(world, home, gaps)),
  ];
  const elsewhere = await findOtherStates(world, home);
  const filesystems = new Map<FilePath, Filesystem | null>();
  for (const folder of [...inUse, ...elsewhere].map(parentOf))
    if (!filesystems.has(folder)) filesystems.set(folder, await world.files.filesystem(folder));
  const shallBeFollowed = standing !== null;
  const on = (file: FilePath) => filesystems.get(parentOf(file)) ?? null;
  const look = async (file: FilePath, isState: boolean, lookAnew: LookAnew) =>
    standing === null
      ? lookAnew(await signatureOf(world.files, file, world.now()))
      : standing.look(world, home, file, isState, on(file), lookAnew);
  const state = newestState(inUse);
  const looks = await Promise.all(
    inUse.map(file =>
      look(file, file === state, async signature => {
        const known = await recallDatabase(world.memory, home.key, file, signature);
        if (known !== null) return known;
        const isState = file === state;
        const anew = await lookAtDatabase(world, home, file, on(file), isState, shallBeFollowed);
        rememberDatabase(world.memory, home.key, signature, anew);
        return anew;
      }),
    ),
  );
  gaps.push(...looks.flatMap(one => one.gaps));
  const others = await Promise.all(
    elsewhere.map(file =>
      look(file, true, () => lookAtDatabase(world, home, file, on(file), true, shallBeFollowed)),
    ),
  );
  return {
    databases: looks.map(({ database }) => database),
    state: looks.map(({ state }) => state).find(state => state !== null) ?? null,
    otherStates: others
      .filter(({ state }) => state !== null && state.rows.length > 0)
      .map(({ database }) => database),
    history: looks.map(({ history }) => history).find(history => history !== null) ?? null,
  };
}

/** What a database records of its migrations; null when it cannot be read. */
export async function readMigrations(
  world: World,
  file: FilePath,
): Promise<readonly LearntMigration[] | null> {
  const opened = await world.databases.open(file, IMAGE_BYTES);
  if (!opened.ok) return null;
  const [recorded] = await opened.value.ask([MIGRATIONS_QUESTION]);
  opened.value.close();
  if (recorded?.ok !== true) return null;
  return recorded.rows.map(([version, , , checksum]) => ({
    version: Number(version),
    checksum: String(checksum),
  }));
}

async function findDatabases(
  world: World,
  folder: FilePath,
  gaps: Gap[],
): Promise<readonly FilePath[]> {
  const listed = await world.files.list(folder);
  if (!listed.ok) {
    if (listed.trouble.code !== 'missing')
      for (const source of ['state-database', 'other-databases'] as const)
        gaps.push({ source, path: folder, why: listed.trouble.why, extent: 'all' });
    return [];
  }
  return listed.value
    .map(({ path }) => path)
    .filter(name => DATABASE.test(name))
    .sort()
    .map(name => world.machine.join(folder, name));
}

/** Whatever else lies there is not looked at; and by a link it may be the folder of the others. */
async function findLogsApart(
  world: World,
  { sqliteHome, logDir }: Home,
  gaps: Gap[],
): Promise<readonly FilePath[]> {
  if (logDir === null) return [];
  const listed = await world.files.list(logDir);
  if (!listed.ok) {
    if (listed.trouble.code !== 'missing')
      gaps.push({
        source: 'other-databases',
        path: logDir,
        why: listed.trouble.why,
        extent: 'part',
      });
    return [];
  }
  const isOne = (await world.files.realPath(logDir)) === (await world.files.realPath(sqliteHome));
  return listed.value
    .filter(({ path }) => !isOne && DATABASE.test(path) && databaseFamily(path) === 'logs')
    .map(({ path }) => world.machine.join(logDir, path))
    .sort();
}

/** Codex has kept its databases in three places; a second set that has threads confuses everyone. */
async function findOtherStates(world: World, home: Home): Promise<readonly FilePath[]> {
  const places = [home.path, world.machine.join(home.path, 'sqlite')];
  const found: FilePath[] = [];
  for (const place of places) {
    if (place === home.sqliteHome) continue;
    const newest = newestState(await findDatabases(world, place, []));
    if (newest !== null) found.push(newest);
  }
  return found;
}

function newestState(files: readonly FilePath[]): FilePath | null {
  const versionOf = (file: FilePath) => Number(/state_(\d+)\.sqlite$/.exec(file)?.[1] ?? -1);
  const states = files.filter(file => versionOf(file) >= 0);
  return states.sort((one, other) => versionOf(other) - versionOf(one))[0] ?? null;
}
