// Finds the databases of a home and looks at each: the state database as a whole, of all others
// the header, the size, the migrations, and whether they are damaged.

import type {
  Database,
  DatabaseHeader,
  DatabaseTrouble,
  Filesystem,
  StateDatabase,
} from '../model/database.ts';
import type { Gap, Source } from '../model/gap.ts';
import type { Home, ThreadHistory } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import type { LearntMigration, OpenDatabase, Table, Trouble, World } from '../world.ts';
import { readDatabaseImage, type DatabaseImage } from './databaseImage.ts';
import {
  recallDatabases,
  rememberDatabases,
  signatureOf,
  type DatabaseLook,
} from './databaseMemory.ts';
import { databaseFamily } from './layout.ts';
import { judgeMigrations, MIGRATIONS_QUESTION, readSchema, SCHEMA_QUESTION } from './migrations.ts';
import {
  BACKFILL_QUESTION,
  readBackfill,
  readKept,
  readRows,
  SECTIONS_QUESTION,
  THREAD_COLUMNS_QUESTION,
  threadsQuestion,
} from './stateDatabase.ts';

/** A state database of a hundred thousand threads has 200 MB. */
const STATE_BYTES = 2 * 1024 * 1024 * 1024;
/** Of larger ones only the header is read. */
const OTHER_BYTES = 64 * 1024 * 1024;
const HEADER_BYTES = 100;
const DAMAGE_QUESTION = 'PRAGMA quick_check(1)';
const PROJECTED_QUESTION = 'SELECT thread_id FROM thread_history_projection_state';

export interface DatabasesLook {
  readonly databases: readonly Database[];
  readonly state: StateDatabase | null;
  readonly otherStates: readonly Database[];
  readonly history: ThreadHistory | null;
}

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
): Promise<DatabasesLook> {
  const inUse = await findDatabases(world, home.sqliteHome, gaps);
  const elsewhere = await findOtherStates(world, home);
  const filesystem = await world.files.filesystem(home.sqliteHome);
  const memory = await recallDatabases(world.memory, home.key);
  let learnt = 0;
  const remembered = await Promise.all(
    inUse.map(async file => {
      const signature = await signatureOf(world.files, file, world.now());
      const known = signature === null ? null : memory.recall(file, signature);
      if (known === null) learnt += 1;
      const isState = file === newestState(inUse);
      const look = known ?? (await lookAt(world, home, file, filesystem, gaps, isState));
      return [signature, look] as const;
    }),
  );
  if (learnt > 0) await rememberDatabases(world.memory, home.key, remembered);
  const looks = remembered.map(([, look]) => look);
  const others = await Promise.all(
    elsewhere.map(file => lookAt(world, home, file, filesystem, [], true)),
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
  const image = await readDatabaseImage(world.files, () => world.now(), file, OTHER_BYTES);
  const opened = image.ok ? await world.databases.open(image.value.bytes) : null;
  if (opened?.ok !== true) return null;
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
    .filter(name => /^[a-z_]+(?:_v?\d+)*\.sqlite$/.test(name))
    .sort()
    .map(name => world.machine.join(folder, name));
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

async function lookAt(
  world: World,
  home: Home,
  file: FilePath,
  filesystem: Filesystem | null,
  gaps: Gap[],
  isState: boolean,
): Promise<DatabaseLook> {
  const source: Source = isState ? 'state-database' : 'other-databases';
  const base = await describe(world, home, file, filesystem);
  const nothing = (trouble: DatabaseTrouble): DatabaseLook => {
    // What is wrong with a file was seen; only its rows were not. A file that did not let us look
    // at it may hold anything.
    const extent = isState && trouble.kind === 'unread' ? 'all' : 'part';
    gaps.push({ source, path: file, why: trouble.why, extent });
    return { database: { ...base, trouble }, state: null, history: null };
  };
  const limit = isState ? STATE_BYTES : OTHER_BYTES;
  const image = await readDatabaseImage(world.files, () => world.now(), file, limit);
  if (!image.ok && image.trouble.code === 'too-large' && !isState) {
    gaps.push({ source, path: file, why: image.trouble.why, extent: 'part' });
    return { database: base, state: null, history: null };
  }
  if (!image.ok) return nothing(troubleOfRead(image.trouble));
  const malformed = troubleOfImage(image.value);
  const header = headerOf(image.value.bytes, image.value.journal);
  if (malformed !== null) return nothing(malformed);
  const opened = await world.databases.open(image.value.bytes);
  if (!opened.ok) return nothing(troubleOfRead(opened.trouble));
  try {
    const database = { ...base, header };
    const result = await askAll(world, database, opened.value, isState);
    if (!result.ok) return nothing(result.trouble);
    const { state, database: looked } = result.value;
    const partly = (why: string) => gaps.push({ source, path: file, why, extent: 'part' });
    if (isState && state === null) partly('it has no table of threads that can be read');
    if (looked.migrations === null) partly('its table of migrations cannot be read');
    return result.value;
  } finally {
    opened.value.close();
  }
}

async function describe(
  world: World,
  home: Home,
  file: FilePath,
  filesystem: Filesystem | null,
): Promise<Database> {
  const main = await world.files.stat(file);
  const wal = await world.files.stat(`${file}-wal`);
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  const header = await world.files.range(file, 0, HEADER_BYTES);
  return {
    key: file.startsWith(home.path) ? file.slice(home.path.length + 1).replaceAll('\\', '/') : file,
    file,
    name,
    family: databaseFamily(name),
    bytes: main.ok ? main.value.bytes : 0,
    walBytes: wal.ok ? wal.value.bytes : 0,
    modifiedMs: main.ok ? main.value.modifiedMs : 0,
    header: header.ok ? headerOf(header.value, header.value[18] === 2 ? 'wal' : 'rollback') : null,
    trouble: null,
    filesystem,
    migrations: null,
  };
}

type Asked =
  | { readonly ok: true; readonly value: DatabaseLook }
  | { readonly ok: false; readonly trouble: DatabaseTrouble };

async function askAll(
  world: World,
  database: Database,
  open: OpenDatabase,
  isState: boolean,
): Promise<Asked> {
  const [damage, schema, recorded, columns, backfill, projected] = await open.ask([
    DAMAGE_QUESTION,
    SCHEMA_QUESTION,
    MIGRATIONS_QUESTION,
    THREAD_COLUMNS_QUESTION,
    BACKFILL_QUESTION,
    PROJECTED_QUESTION,
  ]);
  const trouble = troubleOfAnswer(damage) ?? troubleOfAnswer(schema);
  if (trouble !== null || schema?.ok !== true)
    return { ok: false, trouble: trouble ?? { kind: 'unread', why: 'its schema cannot be read' } };
  const objects = readSchema(schema.rows);
  const hasRecords = objects.some(({ name }) => name === '_sqlx_migrations');
  const looked: Database = {
    ...database,
    migrations:
      hasRecords && recorded?.ok !== true
        ? null
        : judgeMigrations(
            database.name,
            recorded?.ok === true ? recorded.rows : null,
            objects,
            world.hash,
          ),
  };
  const names = columns?.ok === true ? columns.rows.map(([name]) => String(name)) : [];
  return {
    ok: true,
    value: {
      database: looked,
      state: isState ? await readState(looked, open, names, backfill) : null,
      history:
        database.family === 'thread_history' && projected?.ok === true
          ? { database: looked, projected: projected.rows.map(([id]) => String(id)) }
          : null,
    },
  };
}

/** Null when there is no table of threads: then the schema is the finding, not the rows. */
async function readState(
  database: Database,
  open: OpenDatabase,
  columns: readonly string[],
  backfill: Table | undefined,
): Promise<StateDatabase | null> {
  if (!columns.includes('id')) return null;
  const [threads, sections] = await open.ask([threadsQuestion(columns), SECTIONS_QUESTION]);
  if (threads?.ok !== true) return null;
  const rows = readRows(
    threads,
    sections?.ok === true ? new Set(sections.rows.map(([id]) => id ?? null)) : null,
  );
  return {
    database,
    columns,
    rows,
    backfill: backfill === undefined ? null : readBackfill(backfill),
    kept: readKept(rows),
  };
}

/** SQLite's own words for damage; any other failure may be ours, such as a lack of memory. */
const DAMAGE = /malformed|not a database|corrupt/i;

/** What the answer to a question says of the file; the check answers `ok`, or what is wrong. */
function troubleOfAnswer(answer: Table | undefined): DatabaseTrouble | null {
  if (answer === undefined) return null;
  if (!answer.ok) return { kind: DAMAGE.test(answer.why) ? 'damaged' : 'unread', why: answer.why };
  const isCheck = answer.columns[0] === 'quick_check';
  const result = isCheck ? String(answer.rows[0]?.[0] ?? 'ok') : 'ok';
  return result === 'ok' ? null : { kind: 'damaged', why: result };
}

function troubleOfRead(trouble: Trouble): DatabaseTrouble {
  if (trouble.code === 'not-a-file') return { kind: 'folder', why: trouble.why };
  return { kind: 'unread', why: trouble.why };
}

const MAGIC = 'SQLite format 3\0';

/** What can be said of the bytes before SQLite is asked. */
function troubleOfImage({ bytes }: DatabaseImage): DatabaseTrouble | null {
  if (bytes.length === 0) return { kind: 'empty', why: 'the file has no bytes' };
  if (new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length)) !== MAGIC)
    return { kind: 'not-a-database', why: 'it does not begin like a SQLite database' };
  const { pageBytes, pages } = headerOf(bytes, 'wal') ?? { pageBytes: 0, pages: 0 };
  // An old SQLite does not keep the count of pages; then it belongs to another count of changes.
  if (equalParts(bytes, 24, 92) && pageBytes * pages > bytes.length)
    return {
      kind: 'truncated',
      why: `it should have ${String(pageBytes * pages)} bytes and has ${String(bytes.length)}`,
    };
  return null;
}

function headerOf(bytes: Uint8Array, journal: DatabaseHeader['journal']): DatabaseHeader | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint16(16);
  return {
    // The largest page size does not fit its field and is written as 1.
    pageBytes: size === 1 ? 65536 : size,
    pages: view.getUint32(28),
    freePages: view.getUint32(36),
    journal,
  };
}

function equalParts(bytes: Uint8Array, one: number, other: number): boolean {
  const part = (at: number) => bytes.subarray(at, at + 4).join();
  return part(one) === part(other);
}
