// One look at one database: the state database as a whole; of any other the header, the migrations,
// and whether it is damaged. Of one that is too large for an image only a few pages are read.

import type {
  Database,
  DatabaseHeader,
  DatabaseTrouble,
  Filesystem,
  StateDatabase,
} from '../../model/database.ts';
import type { Gap, Source } from '../../model/gap.ts';
import type { Home } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import type { Cell, ImageFacts, OpenDatabase, Read, Table, Trouble, World } from '../../world.ts';
import type { Packed } from '../columns.ts';
import type { DatabaseLook } from './databaseMemory.ts';
import { readTables } from './databasePages.ts';
import type { DatabasePages } from './databaseTables.ts';
import { databaseFamily } from '../layout.ts';
import { judgeMigrations, MIGRATIONS_QUESTION, readSchema, SCHEMA_QUESTION } from './migrations.ts';
import {
  BACKFILL_QUESTION,
  columnsOf,
  readBackfill,
  readKept,
  THREAD_COLUMNS_QUESTION,
  unpackThreads,
} from './stateDatabase.ts';

/** A state database of a hundred thousand threads has 200 MB. */
const STATE_BYTES = 2 * 1024 * 1024 * 1024;
/** Of any other database that is larger, only the pages are read that matter. */
export const IMAGE_BYTES = 64 * 1024 * 1024;
const HEADER_BYTES = 100;
const DAMAGE_QUESTION = 'PRAGMA quick_check(1)';
const PROJECTIONS = 'thread_history_projection_state';
const PROJECTED_QUESTION = `SELECT thread_id FROM ${PROJECTIONS}`;

export async function lookAtDatabase(
  world: World,
  home: Home,
  file: FilePath,
  filesystem: Filesystem | null,
  isState: boolean,
  shallBeFollowed = false,
): Promise<DatabaseLook> {
  const source: Source = isState ? 'state-database' : 'other-databases';
  const base = await describe(world, home, file, filesystem);
  const gap = (why: string, extent: Gap['extent']): Gap => ({ source, path: file, why, extent });
  const nothing = (trouble: DatabaseTrouble): DatabaseLook => {
    // What is wrong with a file was seen; only its rows were not. A file that did not let us look
    // at it may hold anything.
    const extent = isState && trouble.kind === 'unread' ? 'all' : 'part';
    const gaps = [gap(trouble.why, extent)];
    return { database: { ...base, trouble }, state: null, rows: null, history: null, gaps };
  };
  const opened = await world.databases.open(file, isState ? STATE_BYTES : IMAGE_BYTES);
  if (!opened.ok && opened.trouble.code === 'too-large' && !isState) {
    const look = await lookAtPages(world, base);
    return look.ok
      ? look.value
      : {
          database: base,
          state: null,
          rows: null,
          history: null,
          gaps: [gap(look.trouble.why, 'part')],
        };
  }
  if (!opened.ok) return nothing(troubleOfRead(opened.trouble));
  try {
    const { image } = opened.value;
    const malformed = troubleOfImage(image);
    if (malformed !== null) return nothing(malformed);
    const header = headerOf(image.head, image.journal);
    const asked = await askAll(world, { ...base, header }, opened.value, isState);
    if (!asked.ok) return nothing(asked.trouble);
    const { state, database } = asked.value;
    const gaps = [
      ...(isState && state === null ? ['it has no table of threads that can be read'] : []),
      ...(database.migrations === null ? ['its table of migrations cannot be read'] : []),
    ];
    const look = { ...asked.value, gaps: gaps.map(why => gap(why, 'part')) };
    const isSound = shallBeFollowed && gaps.length === 0 && image.journal === 'wal';
    const uses = isSound ? await opened.value.pageUses() : null;
    const { origin, bytes } = image;
    return uses === null ? look : { ...look, ground: { origin, uses, bytes } };
  } finally {
    opened.value.close();
  }
}

/**
 * Logs and histories can have many gigabytes, of which some kilobytes matter. One in rollback mode is
 * refused: there, nothing proves that pages belong together (see `readTables`).
 */
async function lookAtPages(world: World, database: Database): Promise<Read<DatabaseLook>> {
  const ask = (name: string, columns: readonly string[]) =>
    readTables(world.files, () => world.now(), database.file, [{ name, columns }]);
  const pages = await ask('_sqlx_migrations', ['version', 'description', 'success', 'checksum']);
  if (!pages.ok) return pages;
  const { header, schema, tables } = pages.value;
  const recorded = rowsOf(tables['_sqlx_migrations'])?.map(cell => {
    const checksum = cell('checksum');
    return [
      cell('version'),
      cell('description'),
      cell('success'),
      checksum instanceof Uint8Array ? inHex(checksum) : checksum,
    ];
  });
  const migrations = judgeMigrations(database.name, recorded ?? null, schema, world.hash);
  const looked = { ...database, header, migrations };
  // A history that cannot be read takes nothing from what is known of the migrations.
  const history = await ask(PROJECTIONS, ['thread_id']);
  const projected = history.ok ? rowsOf(history.value.tables[PROJECTIONS]) : null;
  return {
    ok: true,
    value: {
      database: looked,
      state: null,
      rows: null,
      history:
        projected === null
          ? null
          : { database: looked, projected: projected.map(cell => String(cell('thread_id'))) },
      gaps: history.ok
        ? []
        : [
            {
              source: 'other-databases',
              path: database.file,
              why: history.trouble.why,
              extent: 'part',
            },
          ],
    },
  };
}

/** Each row as a question for a column; a column that the table lacks is null. */
function rowsOf(
  table: DatabasePages['tables'][string] | undefined,
): readonly ((column: string) => Cell)[] | null {
  if (table === undefined || table.missing === true) return null;
  const { columns, rows } = table;
  return rows.map(cells => column => cells[columns.indexOf(column)] ?? null);
}

function inHex(bytes: Uint8Array): string {
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

export async function describe(
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
    key: databaseKey(file, home),
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

/** Relative to the home where it lies below it; a folder whose name begins alike is another one. */
function databaseKey(file: FilePath, { path }: Home): string {
  const isInHome = file.startsWith(`${path}/`) || file.startsWith(`${path}\\`);
  return isInHome ? file.slice(path.length + 1).replaceAll('\\', '/') : file;
}

type Asked =
  | { readonly ok: true; readonly value: Omit<DatabaseLook, 'gaps'> }
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
  // As of a home that was copied without the logs of its databases, before anything had come out of them.
  if (isState && objects.length === 0 && database.walBytes === 0)
    return { ok: false, trouble: { kind: 'empty', why: 'it has no tables' } };
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
  const rows = isState ? await open.threads() : null;
  return {
    ok: true,
    value: {
      database: looked,
      state: rows === null ? null : stateOf(looked, rows, columnsOf(columns), backfill),
      rows,
      history:
        database.family === 'thread_history' && projected?.ok === true
          ? { database: looked, projected: projected.rows.map(([id]) => String(id)) }
          : null,
    },
  };
}

function stateOf(
  database: Database,
  packed: string,
  columns: readonly string[],
  backfill: Table | undefined,
): StateDatabase {
  const rows = unpackThreads(JSON.parse(packed) as Packed);
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
  if (result === 'ok') return null;
  return { kind: 'damaged', why: result.replace('*** in database main ***', '').trim() };
}

function troubleOfRead(trouble: Trouble): DatabaseTrouble {
  if (trouble.code === 'not-a-file') return { kind: 'folder', why: trouble.why };
  return { kind: 'unread', why: trouble.why };
}

const MAGIC = 'SQLite format 3\0';

/** What can be said of the bytes before SQLite is asked. */
function troubleOfImage({ head, bytes }: ImageFacts): DatabaseTrouble | null {
  if (bytes === 0) return { kind: 'empty', why: 'the file has no bytes' };
  if (new TextDecoder('latin1').decode(head.subarray(0, MAGIC.length)) !== MAGIC)
    return { kind: 'not-a-database', why: 'it does not begin like a SQLite database' };
  const { pageBytes, pages } = headerOf(head, 'wal') ?? { pageBytes: 0, pages: 0 };
  // An old SQLite does not keep the count of pages; then it belongs to another count of changes.
  if (equalParts(head, 24, 92) && pageBytes * pages > bytes)
    return {
      kind: 'truncated',
      why: `it should have ${String(pageBytes * pages)} bytes and has ${String(bytes)}`,
    };
  return null;
}

export function headerOf(
  bytes: Uint8Array,
  journal: DatabaseHeader['journal'],
): DatabaseHeader | null {
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
